import type { StoreLocation } from '../open-store.ts';
import { openSqliteToFill, openSqliteToRead } from '../sqlite/direct-store.ts';
import type { TableStore } from './table-store.ts';

/** For copying and checking: nothing is written. Rejects with a StoreFault when there is no store or it cannot be read. */
export async function openToRead(location: StoreLocation): Promise<TableStore> {
  if (location.kind === 'sqlite') return openSqliteToRead(location.path);
  const { openPostgresToRead } = await import('../postgres/direct-store.ts');
  return await openPostgresToRead(location.url);
}

/** For restoring: the store is made where there is none. */
export async function openToFill(location: StoreLocation): Promise<TableStore> {
  if (location.kind === 'sqlite') return openSqliteToFill(location.path);
  const { openPostgresToFill } = await import('../postgres/direct-store.ts');
  return await openPostgresToFill(location.url);
}
