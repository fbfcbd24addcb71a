import pg from 'pg';

/**
 * PostgreSQL's texts hold any character but U+0000, which names of any bytes may have: the replacement character stands for it.
 * JSON is not concerned, as it escapes it.
 */
export class TextClient extends pg.Client {
  // The driver's own signatures are many; what it is called with here is a text with its values.
  override query(...given: unknown[]): never {
    const [text, values, ...rest] = given;
    const cleaned = Array.isArray(values) ? [text, values.map(withoutNul), ...rest] : given;
    return (super.query as (...given: unknown[]) => never).apply(this, cleaned);
  }
}

function withoutNul(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNul);
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}
