import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Store } from '../store.ts';
import { storeOf } from '../store-of.ts';
import type { Tables } from '../tables.ts';
import { isPassing, postgresFault } from './fault.ts';
import { migrate } from './migrate.ts';
import { TextClient } from './text-client.ts';

/** Connections of one instance: one commits, the others answer questions. */
const CONNECTIONS = 8;
const CONNECT_TIMEOUT_MS = 5_000;
/** A statement that takes longer is ended by the database: whoever asked has gone. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** What an instance that stopped in the middle of a transaction holds is free again after this. */
const IDLE_IN_TRANSACTION_MS = 15_000;
const ATTEMPTS = 5;
const LONGEST_WAIT_MS = 100;

const BIGINT = 20;
const NUMERIC = 1700;

/** Opens the database, at first without a table of ours. Rejects with a StoreFault when it cannot serve. */
export async function openPostgres(url: string): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    application_name: 'portlight-server',
    keepAlive: true,
    Client: TextClient,
    // Every count and time of ours is exact as a number.
    types: {
      getTypeParser: (oid, format): unknown => (isWholeNumber(oid) ? Number : pg.types.getTypeParser(oid, format)),
    },
  });
  // A connection that ends while nobody uses it is replaced when it is needed.
  pool.on('error', () => undefined);
  // One that ends between two statements of a transaction tells so at the next of them.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    await attempt(() => migrate(database));
  } catch (cause) {
    await database.destroy();
    throw cause;
  }
  return storeOf({ writable: database, readable: database, attempt });
}

function isWholeNumber(oid: number): boolean {
  return oid === BIGINT || oid === NUMERIC;
}

/** Conflicts with other instances pass, and so does a connection that was cut before it committed. */
async function attempt<T>(work: () => Promise<T>): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      return await work();
    } catch (cause) {
      if (number >= ATTEMPTS || !isPassing(cause)) throw postgresFault(cause);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_WAIT_MS));
    }
  }
}
