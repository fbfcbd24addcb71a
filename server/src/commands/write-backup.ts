import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { StartFault } from '../refusal.ts';
import type { TableRows } from '../store/copy/table-rows.ts';
import { endLine, headerLine, linesOf, type BackupHeader } from './backup-lines.ts';
import { BackupTally } from './backup-tally.ts';

export interface WrittenBackup {
  readonly rows: number;
  /** Of the file. */
  readonly bytes: number;
}

interface BackupSource {
  readonly header: BackupHeader;
  readonly tables: AsyncIterable<TableRows>;
  /** Told how many rows were written. */
  readonly onRows: (rows: number) => void;
  readonly signal: AbortSignal;
}

/** Refuses a name that is taken: a backup never replaces anything. */
export function refuseTaken(path: string): void {
  if (existsSync(path)) throw new StartFault(1, `${path} exists already; give another name or remove it`);
}

/**
 * The file stands under its name once it is complete and on its disk, and for the server's user only: it holds tokens' hashes
 * and the key that signs sessions. Of a backup that fails nothing is left.
 */
export async function writeBackup(path: string, source: BackupSource): Promise<WrittenBackup> {
  const unfinished = `${path}.${process.pid}.part`;
  const tally = new BackupTally();
  try {
    await pipeline(
      Readable.from(textOf(source, tally), { objectMode: false }),
      createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
      createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }),
      { signal: source.signal },
    );
    refuseTaken(path);
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw cause;
  }
  return { rows: tally.rows, bytes: (await stat(path)).size };
}

async function* textOf({ header, tables, onRows }: BackupSource, tally: BackupTally): AsyncGenerator<string> {
  const counted = (text: string): string => {
    tally.addText(text);
    return text;
  };
  yield counted(headerLine(header));
  let current: string | null = null;
  for await (const part of tables) {
    yield counted(linesOf(part, part.table !== current));
    current = part.table;
    tally.addRows(part.table, part.rows.length);
    onRows(tally.rows);
  }
  yield endLine(tally.end());
}
