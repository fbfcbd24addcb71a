import type { Lease, LeasedTask } from '../expectation-store.ts';
import type { Queries } from './rows.ts';

export async function takeLease(
  queries: Queries,
  name: string,
  { holder, now, until }: Lease,
): Promise<LeasedTask | null> {
  const known = await queries.selectFrom('leases').selectAll().where('name', '=', name).executeTakeFirst();
  if (known && known.holder !== holder && known.until > now) return null;
  await queries
    .insertInto('leases')
    .values({ name, holder, until, cursor: '' })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ holder, until }))
    .execute();
  return { cursor: known?.cursor ?? '' };
}

export async function endLease(queries: Queries, name: string, cursor: string): Promise<void> {
  await queries.updateTable('leases').set({ until: 0, cursor }).where('name', '=', name).execute();
}
