import { sql } from 'kysely';
import type { Announced, FeedEntry, OfHost } from '../store.ts';
import type { ChangesTable } from '../tables.ts';
import { upsert, type RowShape } from './bulk.ts';
import type { Queries } from './rows.ts';

const CHANGES: RowShape<ChangesTable> = {
  table: 'changes',
  columns: { host: 'text', at: 'bigint', findings_at: 'bigint' },
  key: ['host'],
};

/** One row for each machine, so that nothing grows and no number is drawn from a place that all writers share. */
export async function announce(queries: Queries, changes: readonly OfHost<Announced>[]): Promise<void> {
  const toRow = ({ hostId, at, haveFindingsChanged }: OfHost<Announced>): ChangesTable => ({
    ...{ host: hostId, at, findings_at: haveFindingsChanged ? at : 0 },
  });
  const [told, silent] = [true, false].map((isTold) =>
    changes.filter(({ haveFindingsChanged }) => haveFindingsChanged === isTold).map(toRow),
  );
  await upsert(queries, CHANGES, told ?? [], ['at', 'findings_at']);
  await upsert(queries, CHANGES, silent ?? [], ['at']);
}

export async function changedSince(queries: Queries, at: number, limit: number): Promise<readonly FeedEntry[]> {
  const rows = await queries
    .selectFrom('changes')
    .innerJoin('hosts', 'hosts.id', 'changes.host')
    .select(['changes.at', 'changes.findings_at', 'hosts.id', 'hosts.name'])
    .where('changes.at', '>=', at)
    .orderBy('changes.at')
    .limit(limit)
    .execute();
  return rows.map(({ id, name, at: changedAt, findings_at: findingsAt }) => ({ id, name, at: changedAt, findingsAt }));
}

export async function lastChangeAt(queries: Queries): Promise<number> {
  const row = await queries
    .selectFrom('changes')
    .select(sql<number | null>`max(at)`.as('last'))
    .executeTakeFirst();
  return row?.last ?? 0;
}
