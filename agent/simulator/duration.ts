const MS_PER_UNIT = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** Milliseconds of "500ms", "4s", "2m" or "1h"; null when it is none of these. */
export function durationMs(text: string): number | null {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  const msPerUnit = MS_PER_UNIT.get(unit ?? '');
  return msPerUnit === undefined ? null : Number(digits) * msPerUnit;
}

/** The shortest form `durationMs` reads back to the same number. */
export function durationText(ms: number): string {
  const largestFirst = [...MS_PER_UNIT].reverse();
  const [unit, msPerUnit] = largestFirst.find(([, unitMs]) => ms % unitMs === 0) ?? ['ms', 1];
  return `${ms / msPerUnit}${unit}`;
}
