import { sql } from 'kysely';
import type { KeepLimits, Removed } from '../store.ts';
import type { Tables } from '../tables.ts';
import { isOneOf } from './bulk.ts';
import { DAY_MS, dropDays, eventDays, eventsOf } from './event-days.ts';
import { removeClosedFindings } from './findings.ts';
import { toInstant, type Queries } from './rows.ts';

/** Machines have many rows each: few at once. */
const HOSTS_AT_ONCE = 10;

export async function removeOld(queries: Queries, limits: KeepLimits): Promise<Removed> {
  const { receivedBefore: before, atMost } = limits;
  await queries.deleteFrom('gaps').where('to_at', '<', before).execute();
  await queries.deleteFrom('agent_starts').where('marked_at', '<', before).execute();
  const firstDay = Math.floor(before / DAY_MS);
  const days = await dropDays(queries, firstDay);
  await queries.deleteFrom('event_subjects').where('used_day', '<', firstDay).execute();
  return {
    days: days.map((day) => toInstant(day * DAY_MS).slice(0, 10)),
    findings: await removeClosedFindings(queries, before, atMost),
    hostIds: await removeSilentHosts(queries, limits),
  };
}

async function removeSilentHosts(
  queries: Queries,
  { hostsSeenBefore, atMost }: KeepLimits,
): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom('seen')
    .select('host')
    .where('at', '<', hostsSeenBefore)
    .limit(Math.min(atMost, HOSTS_AT_ONCE))
    .execute();
  const hostIds = rows.map(({ host }) => host);
  await removeHosts(queries, hostIds);
  return hostIds;
}

/** Tables whose rows are of one machine, by its id. */
const OF_HOST = [
  ...([
    'listeners',
    'processes',
    'findings',
    'sightings',
    'gaps',
    'agent_starts',
    'changes',
    'seen',
    'tokens',
  ] as const),
] satisfies readonly (keyof Tables)[];

/** All that is kept of these machines. */
export async function removeHosts(queries: Queries, hostIds: readonly string[]): Promise<void> {
  if (hostIds.length === 0) return;
  const ofThem = isOneOf(queries, sql`host`, hostIds);
  await removeEvents(queries, hostIds);
  for (const table of OF_HOST) await queries.deleteFrom(table).where(ofThem).execute();
  await queries
    .deleteFrom('hosts')
    .where(isOneOf(queries, sql`id`, hostIds))
    .execute();
}

async function removeEvents(queries: Queries, hostIds: readonly string[]): Promise<void> {
  const ofThem = isOneOf(queries, sql`host`, hostIds);
  const numbers = await queries.selectFrom('host_numbers').select('number').where(ofThem).execute();
  if (numbers.length === 0) return;
  const numbered = isOneOf(
    queries,
    sql`host_number`,
    numbers.map(({ number }) => number),
  );
  for (const { day } of await eventDays(queries)) {
    await sql`delete from ${eventsOf(day)} where ${numbered}`.execute(queries);
  }
  await queries.deleteFrom('event_subjects').where(numbered).execute();
  await queries.deleteFrom('host_numbers').where(ofThem).execute();
}
