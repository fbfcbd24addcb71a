import { sql, type Expression, type SqlBool } from 'kysely';
import type { Finding } from '@portlight/agent/contract';
import type { FindingMember } from '../finding-store.ts';
import type { HostFilter } from '../store.ts';
import { allMatch } from './hosts.ts';
import { toInstant, toInstantOrNull, type Queries } from './rows.ts';

const AT_MOST = 200;

/** The newest opening of its trouble on its machine; one that is open always is. */
export const IS_NEWEST = sql<SqlBool>`not exists (
  select 1 from findings as newer
  where newer.host = findings.host and newer.group_id = findings.group_id and newer.opening > findings.opening)`;

/** Of a query that has `findings` and no `hosts`. */
export function isOfHosts(filters: readonly HostFilter[]): Expression<SqlBool> {
  if (filters.length === 0) return sql<SqlBool>`1 = 1`;
  return sql<SqlBool>`exists (select 1 from hosts where hosts.id = findings.host and ${allMatch(filters)})`;
}

export interface Members {
  /** Of the first member; null without any. */
  readonly told: Finding | null;
  readonly members: readonly FindingMember[];
  readonly omitted: number;
  /** Groups of the machines it is open on, else of those it was on; null when some were omitted. */
  readonly groups: readonly string[] | null;
}

/** Asked in two parts, so that each is read in the order of an index and ends at its limit. */
export async function listMembers(queries: Queries, groupId: string, filters: readonly HostFilter[]): Promise<Members> {
  const open = await membersOf(queries, groupId, { isOpen: true, limit: AT_MOST, filters });
  const closed = await membersOf(queries, groupId, { isOpen: false, limit: AT_MOST - open.length, filters });
  const rows = [...open, ...closed];
  const omitted = rows.length < AT_MOST ? 0 : (await countMembers(queries, groupId, filters)) - rows.length;
  return {
    told: await factsOf(queries, rows[0] ?? null),
    members: rows.map(toMember),
    omitted,
    groups: omitted > 0 ? null : (open.length > 0 ? open : closed).map(({ group }) => group),
  };
}

interface Part {
  readonly isOpen: boolean;
  readonly limit: number;
  readonly filters: readonly HostFilter[];
}

async function membersOf(
  queries: Queries,
  groupId: string,
  { isOpen, limit, filters }: Part,
): Promise<readonly MemberRow[]> {
  const ofState = isOpen
    ? sql<SqlBool>`findings.closed_at is null`
    : sql<SqlBool>`findings.closed_at is not null and ${IS_NEWEST}`;
  return await queries
    .selectFrom('findings')
    .innerJoin('hosts', 'hosts.id', 'findings.host')
    .select(['findings.opening', 'findings.host', 'findings.id', 'hosts.name', 'hosts.host_group as group'])
    .select(['findings.current_port', 'findings.since', 'findings.closed_at'])
    .where('findings.group_id', '=', groupId)
    .where(ofState)
    .where(allMatch(filters))
    .orderBy('findings.since')
    .orderBy('hosts.name')
    .orderBy('hosts.id')
    .limit(limit)
    .execute();
}

interface MemberRow {
  readonly opening: number;
  readonly group: string;
  readonly host: string;
  readonly name: string;
  readonly id: string;
  readonly current_port: number | null;
  readonly since: number;
  readonly closed_at: number | null;
}

function toMember(row: MemberRow): FindingMember {
  return {
    hostId: row.host,
    hostName: row.name,
    findingId: row.id,
    currentPort: row.current_port,
    since: toInstant(row.since),
    closedAt: toInstantOrNull(row.closed_at),
  };
}

async function factsOf(queries: Queries, member: MemberRow | null): Promise<Finding | null> {
  if (member === null) return null;
  const row = await queries
    .selectFrom('findings')
    .select('facts')
    .where('host', '=', member.host)
    .where('opening', '=', member.opening)
    .executeTakeFirst();
  return row ? (JSON.parse(row.facts) as Finding) : null;
}

/** Every machine the group is or was on. */
async function countMembers(queries: Queries, groupId: string, filters: readonly HostFilter[]): Promise<number> {
  const row = await queries
    .selectFrom('findings')
    .select(sql<number>`count(distinct findings.host)`.as('count'))
    .where('findings.group_id', '=', groupId)
    .where(isOfHosts(filters))
    .executeTakeFirstOrThrow();
  return row.count;
}
