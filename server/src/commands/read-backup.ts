import { createReadStream } from 'node:fs';
import { createZstdDecompress } from 'node:zlib';
import { StartFault } from '../refusal.ts';
import type { TableRows, Value } from '../store/copy/table-rows.ts';
import { parseHeader, parseLine, type BackupEnd, type BackupHeader, type BackupLine } from './backup-lines.ts';
import { BackupTally } from './backup-tally.ts';

const ROWS_AT_ONCE = 1_000;
/** No row is longer: it came in a push of 16 MiB at most. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

export async function readBackupHeader(path: string): Promise<BackupHeader> {
  for await (const line of linesIn(path)) return headerOf(path, line);
  throw damaged(path, 'it is empty');
}

/** All rows, in the order of the file. Throws unless every byte up to the end is as it was written, so read it to its end. */
export async function* readBackup(path: string): AsyncGenerator<TableRows> {
  const reading = new BackupReading(path);
  for await (const line of linesIn(path)) {
    const part = reading.take(line);
    if (part) yield part;
  }
  reading.finish();
}

/** Where the reading of a file has come to. */
class BackupReading {
  private readonly tally = new BackupTally();
  private header: BackupHeader | null = null;
  private table: { readonly table: string; readonly columns: readonly string[] } | null = null;
  private rows: (readonly Value[])[] = [];
  private end: BackupEnd | null = null;

  constructor(private readonly path: string) {}

  /** Rows, once there are enough of them or no more of their table. */
  take(line: string): TableRows | null {
    if (this.end) throw damaged(this.path, 'something follows its end');
    if (!this.header) {
      this.header = headerOf(this.path, line);
      this.tally.addText(`${line}\n`);
      return null;
    }
    const parsed = parseLine(line);
    if (!parsed) throw damaged(this.path, 'it has a line that no backup has');
    if (parsed.kind !== 'end') this.tally.addText(`${line}\n`);
    return this.takeLine(parsed);
  }

  /** Throws unless the file was complete. */
  finish(): void {
    if (!this.header || !this.end) throw damaged(this.path, 'its end is missing');
    const { rows, sha256 } = this.tally.end();
    if (sha256 !== this.end.sha256) throw damaged(this.path, 'its checksum is another');
    if (rows !== this.end.rows || !this.tally.holds(this.header.rows)) {
      throw damaged(this.path, 'it has not the rows that it announces');
    }
  }

  private takeLine(line: BackupLine): TableRows | null {
    switch (line.kind) {
      case 'row':
        return this.takeRow(line.row);
      case 'table': {
        const part = this.flush();
        this.table = line;
        return part;
      }
      case 'end':
        this.end = line.end;
        return this.flush();
    }
  }

  private takeRow(row: readonly Value[]): TableRows | null {
    if (row.length !== this.table?.columns.length) throw damaged(this.path, 'it has a row that fits no table');
    this.rows.push(row);
    return this.rows.length < ROWS_AT_ONCE ? null : this.flush();
  }

  private flush(): TableRows | null {
    if (!this.table || this.rows.length === 0) return null;
    const { table, columns } = this.table;
    const { rows } = this;
    this.rows = [];
    this.tally.addRows(table, rows.length);
    return { table, columns, rows };
  }
}

async function* linesIn(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const text = file.pipe(createZstdDecompress());
  file.once('error', (cause) => text.destroy(cause));
  try {
    yield* linesOf(path, text);
  } catch (cause) {
    throw readingFault(path, cause);
  } finally {
    file.destroy();
  }
}

async function* linesOf(path: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end >= 0) {
      const whole = Buffer.concat([...begun, chunk.subarray(0, end)]).toString('utf8');
      yield* whole.split('\n');
      [begun, length] = [[], 0];
    }
    begun.push(chunk.subarray(end + 1));
    length += chunk.length - end - 1;
    if (length > MAX_LINE_BYTES) throw damaged(path, 'it has a line that no backup has');
  }
  if (length > 0) throw damaged(path, 'it ends in the middle of a line');
}

function headerOf(path: string, line: string): BackupHeader {
  const header = parseHeader(line);
  if (header) return header;
  throw new StartFault(
    1,
    `${path} is no backup that this version understands; give a file made by portlight-server backup`,
  );
}

function damaged(path: string, what: string): StartFault {
  return new StartFault(1, `${path} is damaged: ${what}; nothing was restored, use another backup`);
}

/** The file itself cannot be read, or what is in it is not compressed as a backup is. */
function readingFault(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause;
  const code = String(cause.code);
  return code.startsWith('ZSTD') || code.startsWith('ERR_ZSTD') || code.startsWith('Z_')
    ? damaged(path, `it cannot be decompressed (${cause.message})`)
    : new StartFault(1, `cannot read ${path}: ${cause.message}`, cause);
}
