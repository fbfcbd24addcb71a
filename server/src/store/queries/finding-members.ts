import { sql, type SqlBool } from 'kysely';
import type { Finding } from '@portlight/agent/contract';
import type { FindingMember } from '../finding-store.ts';
import type { HostFilter } from '../store.ts';
import { allMatch } from './hosts.ts';
import { toInstant, toInstantOrNull, type Queries } from './rows.ts';

const AT_MOST = 200;

export interface Members {
  /** Of the first member; null without any. */
  readonly told: Finding | null;
  readonly members: readonly FindingMember[];
}

/** Asked in two parts, so that each is read in the order of an index and ends at its limit. */
export async function listMembers(queries: Queries, groupId: string, filters: readonly HostFilter[]): Promise<Members> {
  const open = await membersOf(queries, groupId, { isOpen: true, limit: AT_MOST, filters });
  const closed = await membersOf(queries, groupId, { isOpen: false, limit: AT_MOST - open.length, filters });
  const rows = [...open, ...closed];
  return { told: await factsOf(queries, rows[0]?.opening ?? null), members: rows.map(({ member }) => member) };
}

interface Part {
  readonly isOpen: boolean;
  readonly limit: number;
  readonly filters: readonly HostFilter[];
}

async function membersOf(queries: Queries, groupId: string, { isOpen, limit, filters }: Part) {
  const rows = await queries
    .selectFrom('findings')
    .innerJoin('hosts', 'hosts.id', 'findings.host')
    .select(['findings.opening', 'findings.host', 'findings.id', 'hosts.name'])
    .select(['findings.current_port', 'findings.since', 'findings.closed_at'])
    .where('findings.group_id', '=', groupId)
    .where(isOpen ? sql<SqlBool>`findings.closed_at is null` : sql<SqlBool>`findings.closed_at is not null`)
    .where(
      sql<SqlBool>`not exists (
      select 1 from findings as newer
      where newer.group_id = findings.group_id and newer.host = findings.host and newer.opening > findings.opening)`,
    )
    .where(allMatch(filters))
    .orderBy('findings.since')
    .orderBy('hosts.name')
    .orderBy('hosts.id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ opening: row.opening, member: toMember(row) }));
}

interface MemberRow {
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

async function factsOf(queries: Queries, opening: number | null): Promise<Finding | null> {
  if (opening === null) return null;
  const row = await queries.selectFrom('findings').select('facts').where('opening', '=', opening).executeTakeFirst();
  return row ? (JSON.parse(row.facts) as Finding) : null;
}

/** Every machine the group is or was on. */
export async function countMembers(queries: Queries, groupId: string, filters: readonly HostFilter[]): Promise<number> {
  const row = await queries
    .selectFrom('findings')
    .innerJoin('hosts', 'hosts.id', 'findings.host')
    .select(sql<number>`count(distinct findings.host)`.as('count'))
    .where('findings.group_id', '=', groupId)
    .where(allMatch(filters))
    .executeTakeFirstOrThrow();
  return row.count;
}
