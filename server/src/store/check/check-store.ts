import type { TableStore } from '../copy/table-store.ts';
import type { Queries } from '../queries/rows.ts';
import { StoreFault } from '../store-fault.ts';
import { dayFaults } from './day-faults.ts';
import { machineFaults } from './machine-faults.ts';
import { rowFaults } from './row-faults.ts';

/** One thing that was looked at. */
export interface Checked {
  readonly what: string;
  /** One sentence each; empty: it is sound. */
  readonly faults: readonly string[];
}

type Look = (queries: Queries) => Promise<readonly string[]>;

const LOOKS: readonly (readonly [what: string, look: Look])[] = [
  ['every row can be read', rowFaults],
  ['machines count what they have', machineFaults],
  ['days of events are whole', dayFaults],
];

/** Looks for faults, the cheapest way to lose data first; changes nothing. */
export async function* checkStore(store: TableStore): AsyncGenerator<Checked> {
  const inspected = await store.inspect();
  if (inspected) yield { what: 'the database finds itself sound', faults: inspected };
  for (const [what, look] of LOOKS) yield { what, faults: await faultsOf(store, look) };
}

/** A query that fails, as where a table is missing, is a fault of the store too. */
async function faultsOf(store: TableStore, look: Look): Promise<readonly string[]> {
  try {
    return await store.read(look);
  } catch (cause) {
    if (cause instanceof StoreFault || !(cause instanceof Error)) throw cause;
    return [cause.message];
  }
}
