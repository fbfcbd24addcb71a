import type { TableRows, Value } from '../store/copy/table-rows.ts';

/** First line of a backup. */
export interface BackupHeader {
  readonly format: 'portlight-backup';
  /** Of the lines; a reader knows one. */
  readonly version: 1;
  /** Of the tables. */
  readonly schema: number;
  /** When it was made, RFC 3339. */
  readonly at: string;
  /** Of the portlight-server that made it. */
  readonly madeBy: string;
  /** Number of rows by table, in the order of the file. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Last line. */
export interface BackupEnd {
  readonly rows: number;
  /** Hex, of every byte before this line. */
  readonly sha256: string;
}

/** One line after the header. */
export type BackupLine =
  | { readonly kind: 'table'; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: 'row'; readonly row: readonly Value[] }
  | { readonly kind: 'end'; readonly end: BackupEnd };

/** Each table's rows follow its own line; a row is an array in the order of its columns. */
export function linesOf({ table, columns, rows }: TableRows, isFirstOfTable: boolean): string {
  const head = isFirstOfTable ? `${JSON.stringify({ table, columns })}\n` : '';
  return head + rows.map((row) => `${JSON.stringify(row.map(toJson))}\n`).join('');
}

export function headerLine(header: BackupHeader): string {
  return `${JSON.stringify(header)}\n`;
}

export function endLine(end: BackupEnd): string {
  return `${JSON.stringify({ end })}\n`;
}

/** Null: it is no header of a backup that this version understands. */
export function parseHeader(line: string): BackupHeader | null {
  const header = objectOf(parse(line));
  const isHeader =
    header?.format === 'portlight-backup' &&
    header.version === 1 &&
    Number.isInteger(header.schema) &&
    typeof header.at === 'string' &&
    typeof header.madeBy === 'string' &&
    Object.values(objectOf(header.rows) ?? { missing: null }).every(isCount);
  return isHeader ? (header as unknown as BackupHeader) : null;
}

/** Null: it is none. */
export function parseLine(line: string): BackupLine | null {
  const parsed = parse(line);
  if (Array.isArray(parsed)) return { kind: 'row', row: parsed.map(fromJson) };
  const named = objectOf(parsed);
  const end = objectOf(named?.end);
  if (end && isCount(end.rows) && typeof end.sha256 === 'string') {
    return { kind: 'end', end: { rows: Number(end.rows), sha256: end.sha256 } };
  }
  const { table, columns } = named ?? {};
  const isTable =
    typeof table === 'string' && Array.isArray(columns) && columns.every((name) => typeof name === 'string');
  return isTable ? { kind: 'table', table, columns } : null;
}

/** What JSON cannot say stands as an object of one key. */
function toJson(value: Value): unknown {
  if (typeof value === 'bigint') return { int: String(value) };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  return value;
}

function fromJson(value: unknown): Value {
  const { int, bytes } = objectOf(value) ?? {};
  if (typeof int === 'string') return BigInt(int);
  if (typeof bytes === 'string') return Buffer.from(bytes, 'base64');
  return value as string | number | null;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
