/** What JSON read from elsewhere is. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isListOf<T>(
  value: unknown,
  isOne: (item: unknown) => item is T,
  most = Infinity,
): value is readonly T[] {
  return Array.isArray(value) && value.length <= most && value.every(isOne);
}
