import { Kysely } from 'kysely';
import type { Store } from '../store.ts';
import { storeOf } from '../store-of.ts';
import type { Tables } from '../tables.ts';
import { threadDialect, ThreadPool } from './dialect.ts';
import { SqliteThread } from './sqlite-thread.ts';

/** A long list must not keep short questions waiting. */
const READERS = 2;

/** Opens or makes the file. Rejects with a StoreFault when it cannot serve. */
export async function openSqlite(path: string): Promise<Store> {
  const writer = new SqliteThread({ path, isReader: false });
  // Every start asks something at once: its thread starts beside the writer's.
  const first = new SqliteThread({ path, isReader: true });
  try {
    await writer.ready();
  } catch (cause) {
    await Promise.all([writer.close(), first.close()]);
    throw cause;
  }
  const writers = new ThreadPool(() => writer, 1, [writer]);
  const readers = new ThreadPool(() => new SqliteThread({ path, isReader: true }), READERS, [first]);
  const writable = new Kysely<Tables>({ dialect: threadDialect(writers, 'begin immediate') });
  const readable = new Kysely<Tables>({ dialect: threadDialect(readers, 'begin') });
  const store = storeOf({ writable, readable, attempt: (work) => work() });
  return {
    ...store,
    close: async () => {
      await store.close();
      // Kysely closes only what it has used.
      await Promise.all([writers.close(), readers.close()]);
    },
  };
}
