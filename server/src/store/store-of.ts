import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { createReader } from './queries/reader.ts';
import { createWriter } from './queries/writer.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

/** What a database of either kind gives. */
export interface Connections {
  readonly writable: Kysely<Tables>;
  readonly readable: Kysely<Tables>;
  /** Runs a transaction, again where a fault of the moment allows it. */
  readonly attempt: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The Store over a database whose schema is that of this version. */
export function storeOf({ writable, readable, attempt }: Connections): Store {
  const commit: Store['commit'] = (work) =>
    attempt(() => writable.transaction().execute((transaction) => work(createWriter(transaction))));
  return {
    commit,
    reader: createReader(readable),
    probe: async () => {
      await commit((writer) => writer.replaceSecret('probe', randomUUID()));
    },
    close: async () => {
      await readable.destroy();
      if (writable !== readable) await writable.destroy();
    },
  };
}
