const grouped = new Intl.NumberFormat('en-US');

/** `1,204` */
export function count(number: number): string {
  return grouped.format(number);
}

/** `1 machine`, `1,204 machines` */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}
