import type { KeepLimits, Removed } from '../store.ts';
import { feedBounds } from './feed.ts';
import { removeClosedFindings } from './findings.ts';
import type { Queries } from './rows.ts';

/** Machines have many rows each: few at once. */
const HOSTS_AT_ONCE = 10;

export async function removeOld(queries: Queries, limits: KeepLimits): Promise<Removed> {
  const { newest } = await feedBounds(queries);
  await queries
    .deleteFrom('feed')
    .where('position', '<=', newest - limits.feedEntries)
    .execute();
  const { receivedBefore: before, atMost } = limits;
  await queries.deleteFrom('gaps').where('to_at', '<', before).execute();
  await queries.deleteFrom('agent_starts').where('marked_at', '<', before).execute();
  return {
    events: await removeEvents(queries, before, atMost),
    findings: await removeClosedFindings(queries, before, atMost),
    hostIds: await removeHosts(queries, limits),
  };
}

/** Events are numbered as they arrive, so the oldest numbers are all that has to be looked at: no index by time. */
async function removeEvents(queries: Queries, receivedBefore: number, atMost: number): Promise<number> {
  const oldest = queries.selectFrom('events').select('sequence').orderBy('sequence').limit(atMost);
  const result = await queries
    .deleteFrom('events')
    .where('sequence', 'in', oldest)
    .where('received_at', '<', receivedBefore)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

async function removeHosts(queries: Queries, { hostsSeenBefore, atMost }: KeepLimits): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom('seen')
    .select('host')
    .where('at', '<', hostsSeenBefore)
    .limit(Math.min(atMost, HOSTS_AT_ONCE))
    .execute();
  for (const { host } of rows) await removeHost(queries, host);
  return rows.map(({ host }) => host);
}

/** Its listeners, processes and findings go with it; its events stay until they are too old. */
async function removeHost(queries: Queries, host: string): Promise<void> {
  await queries.deleteFrom('hosts').where('id', '=', host).execute();
  await queries.deleteFrom('seen').where('host', '=', host).execute();
  await queries.deleteFrom('tokens').where('host', '=', host).execute();
}
