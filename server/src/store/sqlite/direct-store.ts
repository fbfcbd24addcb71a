import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import type { TableStore } from '../copy/table-store.ts';
import { StoreFault } from '../store-fault.ts';
import type { Tables } from '../tables.ts';
import { directDialect } from './direct-dialect.ts';
import { sqliteFault } from './fault.ts';
import { migrate, schemaVersion } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';

/** Patience with a server that holds the file for a moment. */
const BUSY_TIMEOUT_MS = 5_000;
/** More of them say nothing new. */
const MOST_FAULTS = 20;

/** Never writes to the file, not even another schema. Throws a StoreFault when there is none or it cannot be read. */
export function openSqliteToRead(path: string): TableStore {
  if (!existsSync(path)) {
    throw new StoreFault('unreachable', 'there is no such file', 'name the store by --state-dir or --store');
  }
  return orFault(() => {
    const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, readOnly: true });
    return closedOnFault(database, () => {
      refuseOtherSchema(schemaVersion(database));
      return tableStore(database);
    });
  });
}

/** Makes the folder, the file and its tables where there are none. */
export function openSqliteToFill(path: string): TableStore {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const isNew = !existsSync(path);
  try {
    return orFault(() => openAndMigrate(path, isNew));
  } catch (cause) {
    // It has not become a store: on a full disk, say.
    if (isNew) for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    throw cause;
  }
}

function openAndMigrate(path: string, isNew: boolean): TableStore {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  return closedOnFault(database, () => {
    if (isNew) chmodSync(path, 0o600);
    database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    migrate(database);
    return tableStore(database);
  });
}

function refuseOtherSchema(version: number): void {
  if (version === MIGRATIONS.length) return;
  const message = `its schema is ${version}, this version's is ${MIGRATIONS.length}`;
  throw new StoreFault('unreachable', message, 'start this version’s server on it once, which brings it forward');
}

function tableStore(database: DatabaseSync): TableStore {
  const queries = new Kysely<Tables>({ dialect: directDialect(database) });
  return {
    read: (work) => queries.transaction().execute(work),
    change: (work) => queries.transaction().execute(work),
    inspect: () =>
      new Promise((resolve) => {
        resolve(orFault(() => inspect(database)));
      }),
    close: async () => {
      await queries.destroy();
      // Kysely closes only what it has used.
      if (database.isOpen) database.close();
    },
  };
}

function inspect(database: DatabaseSync): readonly string[] {
  const rows = database.prepare(`PRAGMA integrity_check(${MOST_FAULTS})`).all();
  const texts = rows.flatMap((row) => String(row.integrity_check).split('\n'));
  return texts.filter((text) => text !== 'ok');
}

function closedOnFault<T>(database: DatabaseSync, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    database.close();
    throw cause;
  }
}

function orFault<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw sqliteFault(cause);
  }
}
