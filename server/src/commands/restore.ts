import type { StoreConfig } from '../config.ts';
import { StartFault } from '../refusal.ts';
import { countRows } from '../store/copy/dump-tables.ts';
import { KEPT_SCHEMA } from '../store/copy/kept-tables.ts';
import { CopyFault, filledTables, loadTables } from '../store/copy/load-tables.ts';
import { openToFill } from '../store/copy/open-tables.ts';
import type { TableRows } from '../store/copy/table-rows.ts';
import type { Queries } from '../store/queries/rows.ts';
import { storeName } from '../store/store-name.ts';
import { totalOf } from './backup.ts';
import type { BackupHeader } from './backup-lines.ts';
import { commandFault, withStore } from './command-fault.ts';
import { Progress } from './progress.ts';
import { readBackup, readBackupHeader } from './read-backup.ts';

/** Fills an empty store. The whole file is checked before the store is touched, and all of it is restored or nothing. */
export async function restore({ store: location }: StoreConfig, file: string, signal: AbortSignal): Promise<string> {
  const header = await readBackupHeader(file);
  refuseOtherSchema(file, header);
  await check(file, header, signal);
  const store = await withStore(location, openToFill);
  try {
    await store.change((queries) => fill(queries, { file, header, name: storeName(location), signal }));
    return `${storeName(location)}: ${totalOf(header)} rows of ${header.at}`;
  } catch (cause) {
    throw commandFault(`cannot restore into ${storeName(location)}`, cause);
  } finally {
    await store.close();
  }
}

function refuseOtherSchema(file: string, { schema, madeBy }: BackupHeader): void {
  if (schema === KEPT_SCHEMA) return;
  const remedy =
    schema > KEPT_SCHEMA
      ? 'restore it with that version or a newer one'
      : 'restore it with that version, then start this one on the store, which brings it forward';
  throw new StartFault(
    1,
    `${file} was made by ${madeBy}: its schema is ${schema}, this version's ${KEPT_SCHEMA}; ${remedy}`,
  );
}

async function check(file: string, header: BackupHeader, signal: AbortSignal): Promise<void> {
  const progress = new Progress('check', totalOf(header));
  let rows = 0;
  try {
    for await (const part of readBackup(file)) {
      signal.throwIfAborted();
      rows += part.rows.length;
      progress.report(rows);
    }
  } catch (cause) {
    throw commandFault(`cannot read ${file}`, cause);
  } finally {
    progress.end();
  }
}

interface Filling {
  readonly file: string;
  readonly header: BackupHeader;
  /** Of the store. */
  readonly name: string;
  readonly signal: AbortSignal;
}

async function fill(queries: Queries, { file, header, name, signal }: Filling): Promise<void> {
  const filled = await filledTables(queries);
  if (filled.length > 0) {
    throw new StartFault(
      1,
      `the store ${name} is not empty, it has ${filled.join(', ')}; restore into a new one, as --store sqlite:PATH, then let the server use that`,
    );
  }
  const progress = new Progress('restore', totalOf(header));
  try {
    await loadTables(queries, unlessAborted(readBackup(file), signal), progress.report);
  } finally {
    progress.end();
  }
  await compare(queries, header);
}

async function* unlessAborted(parts: AsyncIterable<TableRows>, signal: AbortSignal): AsyncGenerator<TableRows> {
  for await (const part of parts) {
    signal.throwIfAborted();
    yield part;
  }
}

/** Rows with one key are one row in a table: then the file was not made by us. */
async function compare(queries: Queries, { rows }: BackupHeader): Promise<void> {
  const counts = await countRows(queries);
  const other = Object.entries(rows).find(([table, expected]) => expected !== (counts.get(table) ?? 0));
  if (!other) return;
  throw new CopyFault(`${other[1]} rows were to come into ${other[0]}, it has ${counts.get(other[0]) ?? 0}`);
}
