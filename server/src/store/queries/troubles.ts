import { sql, type SqlBool } from 'kysely';
import type { Finding, FindingKind } from '@portlight/agent/contract';
import type { Troubles } from '../finding-store.ts';
import { toInstant, type Queries } from './rows.ts';

const OFF_PORT: readonly FindingKind[] = ['drift', 'ladder'];
const NAMES_AT_MOST = 6;

export async function troubles(queries: Queries): Promise<Troubles> {
  return {
    open: await countOpen(queries),
    offPort: { ...(await offPortGroups(queries)), programs: await offPortPrograms(queries) },
    notAnswering: await notAnswering(queries),
    lastClosed: await lastClosed(queries),
  };
}

async function countOpen(queries: Queries): Promise<number> {
  const row = await queries
    .selectFrom('findings')
    .select((select) => select.fn.count<number>('group_id').distinct().as('count'))
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return row.count;
}

async function offPortGroups(queries: Queries): Promise<Omit<Troubles['offPort'], 'programs'>> {
  const rows = await queries
    .selectFrom('hosts')
    .select([
      'host_group',
      sql<number>`count(*)`.as('affected'),
      // Of all groups, beyond the limit too.
      sql<number>`sum(count(*)) over ()`.as('machines'),
      sql<number>`count(*) over ()`.as('groups'),
    ])
    .where(sql<SqlBool>`off_port = 1`)
    .groupBy('host_group')
    .orderBy('affected', 'desc')
    .orderBy('host_group')
    .limit(NAMES_AT_MOST)
    .execute();
  return toAffected(rows);
}

async function notAnswering(queries: Queries): Promise<Troubles['notAnswering']> {
  const rows = await queries
    .selectFrom('findings')
    .innerJoin('hosts', 'hosts.id', 'findings.host')
    .select([
      'hosts.host_group',
      sql<number>`count(distinct hosts.id)`.as('affected'),
      // Of all groups, beyond the limit too.
      sql<number>`sum(count(distinct hosts.id)) over ()`.as('machines'),
      sql<number>`count(*) over ()`.as('groups'),
    ])
    .where('findings.closed_at', 'is', null)
    .where('findings.kind', '=', 'wedged')
    .groupBy('hosts.host_group')
    .orderBy('affected', 'desc')
    .orderBy('hosts.host_group')
    .limit(NAMES_AT_MOST)
    .execute();
  return toAffected(rows);
}

interface AffectedGroup {
  readonly host_group: string;
  /** Of all groups, as `groups`. */
  readonly machines: number;
  readonly groups: number;
}

function toAffected(rows: readonly AffectedGroup[]): Troubles['notAnswering'] {
  const groups = rows.map(({ host_group: group }) => group);
  return { machines: rows[0]?.machines ?? 0, groups, groupsOmitted: (rows[0]?.groups ?? 0) - groups.length };
}

/** A ladder stands for its drift: each machine counts once for a program. */
async function offPortPrograms(queries: Queries): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom('findings')
    .select(['program', sql<number>`count(*)`.as('affected')])
    .where('closed_at', 'is', null)
    .where('kind', 'in', OFF_PORT)
    .groupBy('program')
    .orderBy('affected', 'desc')
    .orderBy('program')
    .limit(NAMES_AT_MOST)
    .execute();
  return rows.map(({ program }) => program);
}

/** What closed on one machine and lasts on another has not ended. */
async function lastClosed(queries: Queries): Promise<Troubles['lastClosed']> {
  const row = await queries
    .selectFrom('findings')
    .innerJoin('hosts', 'hosts.id', 'findings.host')
    .select(['findings.facts', 'findings.since', 'findings.closed_at', 'hosts.name'])
    .where('findings.closed_at', 'is not', null)
    .where(
      sql<SqlBool>`not exists (
      select 1 from findings as lasting where lasting.group_id = findings.group_id and lasting.closed_at is null)`,
    )
    .orderBy('findings.closing_received_at', 'desc')
    .orderBy('findings.opening', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row?.closed_at == null) return null;
  const { title } = JSON.parse(row.facts) as Finding;
  return { title, host: row.name, since: toInstant(row.since), closedAt: toInstant(row.closed_at) };
}
