import type { Lease, LeasedTask } from '../expectation-store.ts';
import type { Queries } from './rows.ts';

/** In one statement: of two instances that ask at the same time one gets it. */
export async function takeLease(
  queries: Queries,
  name: string,
  { holder, now, until }: Lease,
): Promise<LeasedTask | null> {
  const taken = await queries
    .insertInto('leases')
    .values({ name, holder, until, cursor: '' })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ holder, until })
        .where((known) => known.or([known('leases.holder', '=', holder), known('leases.until', '<=', now)])),
    )
    .returning('cursor')
    .executeTakeFirst();
  return taken ?? null;
}

export async function endLease(queries: Queries, name: string, cursor: string): Promise<void> {
  await queries.updateTable('leases').set({ until: 0, cursor }).where('name', '=', name).execute();
}
