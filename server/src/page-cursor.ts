/** Where the next page begins, as clients hand it back: opaque to them, of texts and numbers to us. */
export type CursorParts = readonly (string | number)[];

export function toCursor(parts: CursorParts): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Null for what {@link toCursor} did not make. */
export function cursorParts(cursor: unknown): CursorParts | null {
  const parts = typeof cursor === 'string' ? parseJson(Buffer.from(cursor, 'base64url').toString()) : null;
  return Array.isArray(parts) && parts.every(isPart) ? parts : null;
}

function isPart(part: unknown): part is string | number {
  return typeof part === 'string' || typeof part === 'number';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No cursor of ours; the caller says so.
    return null;
  }
}
