import type { FeedBounds, FeedEntry } from '../store.ts';
import { batches, type Queries } from './rows.ts';

export async function announce(queries: Queries, hostIds: readonly string[], at: number, haveFindingsChanged: boolean) {
  const findings_changed = Number(haveFindingsChanged);
  for (const batch of batches(hostIds.map((host) => ({ host, at, findings_changed })))) {
    await queries.insertInto('feed').values(batch).execute();
  }
}

export async function feedAfter(queries: Queries, position: number, limit: number): Promise<readonly FeedEntry[]> {
  const rows = await queries
    .selectFrom('feed')
    .innerJoin('hosts', 'hosts.id', 'feed.host')
    .select(['feed.position', 'feed.findings_changed', 'hosts.id', 'hosts.name'])
    .where('feed.position', '>', position)
    .orderBy('feed.position')
    .limit(limit)
    .execute();
  return rows.map(({ position, id, name, findings_changed }) => ({
    position,
    id,
    name,
    haveFindingsChanged: findings_changed === 1,
  }));
}

export async function feedBounds(queries: Queries): Promise<FeedBounds> {
  const row = await queries
    .selectFrom('feed')
    .select((select) => [select.fn.min('position').as('oldest'), select.fn.max('position').as('newest')])
    .executeTakeFirst();
  return { oldest: row?.oldest ?? 0, newest: row?.newest ?? 0 };
}
