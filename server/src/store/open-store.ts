import type { Store } from './store.ts';
import { openSqlite } from './sqlite/open-sqlite.ts';

/** Where everything is kept. */
export type StoreLocation =
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };

/** Opens the store, at first with an empty schema. Rejects with a StoreFault when it cannot serve. */
export async function openStore(location: StoreLocation): Promise<Store> {
  if (location.kind === 'sqlite') return await openSqlite(location.path);
  // Its driver costs 20 ms at start: only for those who use it.
  const { openPostgres } = await import('./postgres/open-postgres.ts');
  return await openPostgres(location.url);
}
