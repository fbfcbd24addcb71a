import { packageVersion, type StoreConfig } from '../config.ts';
import { countRows, dumpTables } from '../store/copy/dump-tables.ts';
import { KEPT_SCHEMA } from '../store/copy/kept-tables.ts';
import { openToRead } from '../store/copy/open-tables.ts';
import type { Queries } from '../store/queries/rows.ts';
import type { BackupHeader } from './backup-lines.ts';
import { commandFault, withStore } from './command-fault.ts';
import { Progress } from './progress.ts';
import { refuseTaken, writeBackup, type WrittenBackup } from './write-backup.ts';

/** Copies all of one moment into a file that is not there yet. Answers what to tell people. */
export async function backup({ store: location }: StoreConfig, file: string, signal: AbortSignal): Promise<string> {
  refuseTaken(file);
  const store = await withStore(location, openToRead);
  try {
    const { rows, bytes } = await store.read((queries) => copy(queries, file, signal));
    return `${file}: ${rows} rows in ${bytes} bytes`;
  } catch (cause) {
    throw commandFault(`cannot write ${file}`, cause);
  } finally {
    await store.close();
  }
}

async function copy(queries: Queries, file: string, signal: AbortSignal): Promise<WrittenBackup> {
  const rows = Object.fromEntries(await countRows(queries));
  const header: BackupHeader = {
    format: 'portlight-backup',
    version: 1,
    schema: KEPT_SCHEMA,
    at: new Date().toISOString(),
    madeBy: `portlight-server ${packageVersion()}`,
    rows,
  };
  const progress = new Progress('backup', totalOf(header));
  try {
    return await writeBackup(file, { header, tables: dumpTables(queries), onRows: progress.report, signal });
  } finally {
    progress.end();
  }
}

export function totalOf({ rows }: BackupHeader): number {
  return Object.values(rows).reduce((total, count) => total + count, 0);
}
