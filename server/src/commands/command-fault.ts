import { StartFault } from '../refusal.ts';
import { CopyFault } from '../store/copy/load-tables.ts';
import type { TableStore } from '../store/copy/table-store.ts';
import type { StoreLocation } from '../store/open-store.ts';
import { StoreFault } from '../store/store-fault.ts';
import { storeName } from '../store/store-name.ts';

/** Opens a store, or says in one sentence why that cannot be. */
export async function withStore(
  location: StoreLocation,
  open: (location: StoreLocation) => Promise<TableStore>,
): Promise<TableStore> {
  try {
    return await open(location);
  } catch (cause) {
    throw commandFault(`cannot use the store ${storeName(location)}`, cause);
  }
}

/** One sentence for people, where what failed is around the program and not in it. */
export function commandFault(what: string, cause: unknown): unknown {
  if (cause instanceof StartFault || !(cause instanceof Error)) return cause;
  if (cause.name === 'AbortError') return new StartFault(1, `${what}: interrupted; nothing is left of it`, cause);
  if (cause instanceof StoreFault) return new StartFault(1, `${what}: ${cause.message}; ${cause.remedy}`, cause);
  const isKnown = cause instanceof CopyFault || 'code' in cause;
  return isKnown ? new StartFault(1, `${what}: ${cause.message}`, cause) : cause;
}
