import type { FindingKind } from '@portlight/agent/contract';
import { sql, type Expression, type RawBuilder, type SqlBool } from 'kysely';
import { ALIVE_EVERY_SECONDS, EXCUSED_MS_A_SECOND, MOST_EXCUSED_MS } from '../../silence.ts';
import type { ChangedHost, HostFilter, HostQuery, HostSort, MapCell, SeenHost, Totals } from '../store.ts';
import { worstSeverity } from '../worst-severity.ts';
import { toCounts, toSeenHost } from './host-record.ts';
import type { Queries } from './rows.ts';

const SORT_KEYS: Readonly<Record<HostSort, RawBuilder<string | number>>> = {
  name: sql`hosts.name`,
  group: sql`hosts.host_group`,
  lastSeenAt: sql`coalesce(seen.at, 0)`,
  listeners: sql`hosts.listeners`,
  exposed: sql`hosts.on_public + hosts.on_any`,
  unattributed: sql`hosts.unattributed`,
  openFindings: sql`hosts.critical + hosts.warning + hosts.notice`,
};

export async function listHosts(queries: Queries, query: HostQuery): Promise<readonly SeenHost[]> {
  const key = SORT_KEYS[query.sort];
  const direction = query.isDescending ? 'desc' : 'asc';
  const rows = await queries
    .selectFrom('hosts')
    .leftJoin('seen', 'seen.host', 'hosts.id')
    .selectAll('hosts')
    .select(['seen.at as seen_at', 'seen.clock_offset_ms', 'seen.every_seconds'])
    .where(allMatch(query.filters))
    .where(isAfter(query))
    .orderBy(key, direction)
    .orderBy('hosts.id', direction)
    .limit(query.limit)
    .execute();
  return rows.map(toSeenHost);
}

function isAfter({ after, sort, isDescending }: HostQuery): Expression<SqlBool> {
  if (!after) return sql<SqlBool>`1 = 1`;
  const key = SORT_KEYS[sort];
  return isDescending
    ? sql<SqlBool>`(${key}, hosts.id) < (${after.value}, ${after.id})`
    : sql<SqlBool>`(${key}, hosts.id) > (${after.value}, ${after.id})`;
}

/** Of a query that has `hosts`. */
export function allMatch(filters: readonly HostFilter[]): Expression<SqlBool> {
  return sql<SqlBool>`${sql.join([sql`1 = 1`, ...filters.map(matches)], sql` and `)}`;
}

function matches({ field, patterns, isNegated }: HostFilter): Expression<SqlBool> {
  const column = field === 'name' ? sql`lower(hosts.name)` : sql`lower(hosts.host_group)`;
  const likes = patterns.map((pattern) => sql<SqlBool>`${column} like ${likePattern(pattern)} escape '!'`);
  const any = sql<SqlBool>`(${sql.join(likes, sql` or `)})`;
  return isNegated ? sql<SqlBool>`not ${any}` : any;
}

/** As `excusedUntil` of a sign of life; 0 before the first. Of a query that has `seen`. */
const HEARD_AT = sql<number>`coalesce(seen.at + (seen.every_seconds - ${sql.lit(ALIVE_EVERY_SECONDS)}) * ${sql.lit(EXCUSED_MS_A_SECOND)}, 0)`;

/** `*` is the only wildcard; what LIKE would take for one is escaped. */
function likePattern(pattern: string): string {
  return pattern.toLowerCase().replace(/[!%_]/g, '!$&').replaceAll('*', '%');
}

export async function countHosts(queries: Queries, filters: readonly HostFilter[]): Promise<number> {
  const row = await queries
    .selectFrom('hosts')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where(allMatch(filters))
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function hostIdsNamed(queries: Queries, name: string): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom('hosts')
    .select('id')
    .where('name', '=', name)
    .orderBy('id')
    .limit(10)
    .execute();
  return rows.map(({ id }) => id);
}

export async function hostIdsAfter(queries: Queries, after: string, limit: number): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom('hosts')
    .select('id')
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function mapCells(queries: Queries): Promise<readonly MapCell[]> {
  const rows = await queries
    .selectFrom('hosts')
    .leftJoin('seen', 'seen.host', 'hosts.id')
    .select([
      'hosts.id',
      'hosts.name',
      'hosts.host_group',
      'hosts.has_left',
      'hosts.critical',
      'hosts.warning',
      'hosts.notice',
      'hosts.worst_kind',
    ])
    .select(HEARD_AT.as('heard_at'))
    .orderBy('hosts.host_group')
    .orderBy('hosts.name')
    .orderBy('hosts.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    group: row.host_group,
    hasLeft: row.has_left === 1,
    heardAt: row.heard_at,
    worstSeverity: worstSeverity(row),
    worstKind: row.worst_kind as FindingKind | null,
  }));
}

export async function totals(queries: Queries): Promise<Totals> {
  const sum = (column: string): RawBuilder<number> => sql<number>`coalesce(sum(${sql.ref(column)}), 0)`;
  const row = await queries
    .selectFrom('hosts')
    .select([
      sql<number>`count(*)`.as('machines'),
      sum('listeners').as('listeners'),
      sum('tcp').as('tcp'),
      sum('udp').as('udp'),
      sum('unattributed').as('unattributed'),
      sum('on_loopback').as('on_loopback'),
      sum('on_private').as('on_private'),
      sum('on_public').as('on_public'),
      sum('on_any').as('on_any'),
      sum('critical').as('critical'),
      sum('warning').as('warning'),
      sum('notice').as('notice'),
    ])
    .executeTakeFirstOrThrow();
  return { machines: row.machines, ...toCounts(row) };
}

export async function countSilent(queries: Queries, before: number): Promise<number> {
  const row = await queries
    .selectFrom('hosts')
    .leftJoin('seen', 'seen.host', 'hosts.id')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('hosts.has_left', '=', 0)
    .where(HEARD_AT, '<', before)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function countLeft(queries: Queries): Promise<number> {
  const row = await queries
    .selectFrom('hosts')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('has_left', '=', 1)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function heardBetween(queries: Queries, from: number, to: number): Promise<readonly ChangedHost[]> {
  const rows = await queries
    .selectFrom('seen')
    .innerJoin('hosts', 'hosts.id', 'seen.host')
    .select(['hosts.id', 'hosts.name'])
    // For the index: what is excused is known from the row only.
    .where('seen.at', '>=', from - MOST_EXCUSED_MS)
    .where('seen.at', '<', to)
    .where(HEARD_AT, '>=', from)
    .where(HEARD_AT, '<', to)
    .where('hosts.has_left', '=', 0)
    .limit(1_000)
    .execute();
  return rows.map(({ id, name }) => ({ id, name }));
}
