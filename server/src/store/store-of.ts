import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { Damage } from './damage.ts';
import { createReader } from './queries/reader.ts';
import { createWriter } from './queries/writer.ts';
import type { Store, StoreReader } from './store.ts';
import type { Tables } from './tables.ts';

/** What a database of either kind gives. */
export interface Connections {
  readonly writable: Kysely<Tables>;
  readonly readable: Kysely<Tables>;
  /** Runs a transaction or a question, again where a fault of the moment allows it. */
  readonly attempt: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The Store over a database whose schema is that of this version. */
export function storeOf({ writable, readable, attempt }: Connections): Store {
  const damage = new Damage();
  const guarded: Connections['attempt'] = (work) => damage.watch(() => attempt(work));
  const commit: Store['commit'] = (work) =>
    guarded(() => writable.transaction().execute((transaction) => work(createWriter(transaction))));
  return {
    commit,
    reader: eachBy(guarded, createReader(readable)),
    probe: async () => {
      damage.check();
      await commit((writer) => writer.replaceSecret('probe', randomUUID()));
    },
    close: async () => {
      await readable.destroy();
      if (writable !== readable) await writable.destroy();
    },
  };
}

/** Questions change nothing: each may be asked again. */
function eachBy(attempt: Connections['attempt'], reader: StoreReader): StoreReader {
  const entries = Object.entries(reader) as [string, (...given: never[]) => Promise<unknown>][];
  return Object.fromEntries(
    entries.map(([name, ask]) => [name, (...given: never[]) => attempt(() => ask(...given))]),
  ) as unknown as StoreReader;
}
