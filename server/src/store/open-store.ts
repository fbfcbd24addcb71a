import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { createReader } from './queries/reader.ts';
import { createWriter } from './queries/writer.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';
import { nodeSqliteDialect } from './sqlite/dialect.ts';
import { sqliteFault } from './sqlite/fault.ts';
import { migrate } from './sqlite/migrate.ts';

/** How long a writer waits for another process that holds the file; nothing else runs meanwhile. */
const BUSY_TIMEOUT_MS = 500;

/** Opens or makes the file. Throws a StoreFault when it cannot serve. */
export function openStore(path: string): Store {
  try {
    return storeOf(openWriter(path), openReader(path));
  } catch (cause) {
    throw sqliteFault(cause);
  }
}

function openWriter(path: string): DatabaseSync {
  const isNew = !existsSync(path);
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  try {
    // It holds tokens' hashes and what runs where: for the server's user only.
    if (isNew) chmodSync(path, 0o600);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536');
    migrate(database);
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

/** Readers have a connection of their own: in WAL mode they never wait for the writer. */
function openReader(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  database.exec('PRAGMA query_only = ON; PRAGMA cache_size = -65536');
  return database;
}

function storeOf(writing: DatabaseSync, reading: DatabaseSync): Store {
  const writable = new Kysely<Tables>({ dialect: nodeSqliteDialect(writing) });
  const readable = new Kysely<Tables>({ dialect: nodeSqliteDialect(reading) });
  const commit: Store['commit'] = (work) =>
    writable.transaction().execute((transaction) => work(createWriter(transaction)));
  return {
    commit,
    reader: createReader(readable),
    probe: async () => {
      await commit((writer) => writer.replaceSecret('probe', randomUUID()));
    },
    close: async () => {
      await readable.destroy();
      await writable.destroy();
      closeUnused(reading, writing);
    },
  };
}

/** Kysely closes only what it has used. */
function closeUnused(...databases: readonly DatabaseSync[]): void {
  for (const database of databases) if (database.isOpen) database.close();
}
