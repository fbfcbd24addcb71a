import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { TableStore } from '../copy/table-store.ts';
import { StoreFault } from '../store-fault.ts';
import type { Tables } from '../tables.ts';
import { postgresFault } from './fault.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { NUMBERS } from './numbers.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** Never writes to the database, not even another schema. Rejects with a StoreFault when it cannot be read. */
export function openPostgresToRead(url: string): Promise<TableStore> {
  return open(url, refuseOtherSchema);
}

/** Makes the tables where there are none. */
export function openPostgresToFill(url: string): Promise<TableStore> {
  return open(url, migrate);
}

async function open(url: string, prepare: (database: Kysely<Tables>) => Promise<void>): Promise<TableStore> {
  const pool = new pg.Pool({
    connectionString: url,
    // A copy is one transaction, however long it takes.
    max: 1,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'portlight-server',
    types: NUMBERS,
  });
  // What was asked of the connection says so too.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    await orFault(() => prepare(database));
  } catch (cause) {
    await database.destroy();
    throw cause;
  }
  return {
    read: (work) =>
      orFault(() =>
        database.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work),
      ),
    change: (work) => orFault(() => database.transaction().execute(work)),
    // That takes an extension and its superuser; whatever cannot be read is found by reading every row.
    inspect: () => Promise.resolve(null),
    close: () => database.destroy(),
  };
}

async function refuseOtherSchema(database: Kysely<Tables>): Promise<void> {
  const version = await schemaVersion(database);
  if (version === MIGRATIONS.length) return;
  if (version === null) {
    throw new StoreFault('unreachable', 'it has no tables of portlight-server', 'name the store by --store');
  }
  const message = `its schema is ${version}, this version's is ${MIGRATIONS.length}`;
  throw new StoreFault('unreachable', message, 'start this version’s server on it once, which brings it forward');
}

/** Null: nobody made any. */
async function schemaVersion(database: Kysely<Tables>): Promise<number | null> {
  const table = await sql<{ readonly known: string | null }>`select to_regclass('portlight_schema') as known`.execute(
    database,
  );
  if (!table.rows[0]?.known) return null;
  const { rows } = await sql<{ readonly version: number }>`select version from portlight_schema`.execute(database);
  return rows[0]?.version ?? null;
}

async function orFault<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw postgresFault(cause);
  }
}
