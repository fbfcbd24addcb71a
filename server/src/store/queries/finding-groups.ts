import { sql, type Expression, type SqlBool } from 'kysely';
import { SEVERITIES } from '@portlight/agent/contract';
import { compareText } from '../../compare-text.ts';
import type { FindingGroup, FindingGroupPage, FindingGroupPlace, FindingQuery, GroupRadius } from '../finding-store.ts';
import type { HostFilter } from '../store.ts';
import { IS_NEWEST, isOfHosts, listMembers } from './finding-members.ts';
import { allMatch } from './hosts.ts';
import { batches, toInstantOrNull, type Queries } from './rows.ts';

const RADIUS_AT_MOST = 200;

/** What a list is sorted by, made from the findings of a group. */
interface Head extends FindingGroupPlace {
  readonly isOpen: boolean;
  readonly closedAt: number | null;
}

export async function findingGroups(queries: Queries, query: FindingQuery): Promise<FindingGroupPage> {
  const { after, limit, filters } = query;
  const heads = await queries
    .selectFrom(headsOf(queries, query).as('heads'))
    .selectAll()
    .where(after ? isAfter(after) : sql<SqlBool>`1 = 1`)
    .orderBy('severity')
    .orderBy('machines', 'desc')
    .orderBy('since')
    .orderBy('id')
    .limit(limit)
    .execute();
  const { total } = await queries
    .selectFrom(headsOf(queries, query).as('heads'))
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const groups = await complete(
    queries,
    heads.map((head) => ({ ...head, isOpen: query.isOpen })),
    filters,
  );
  return { groups, total };
}

export async function findingGroup(queries: Queries, id: string): Promise<FindingGroup | null> {
  const groupId = await groupIdOf(queries, id);
  if (groupId === null) return null;
  for (const isOpen of [true, false]) {
    const head = await headsOf(queries, { filters: [], kind: null, isOpen })
      .where('findings.group_id', '=', groupId)
      .executeTakeFirst();
    if (head) return (await complete(queries, [{ ...head, isOpen }], []))[0] ?? null;
  }
  return null;
}

async function groupIdOf(queries: Queries, id: string): Promise<string | null> {
  const group = await queries
    .selectFrom('findings')
    .select('group_id')
    .where('group_id', '=', id)
    .limit(1)
    .executeTakeFirst();
  if (group) return group.group_id;
  const finding = await queries
    .selectFrom('findings')
    .select('group_id')
    .where('id', '=', id)
    .orderBy('opened_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return finding?.group_id ?? null;
}

/** Each machine has one row at most in either state. */
function headsOf(queries: Queries, { filters, isOpen, kind }: Pick<FindingQuery, 'filters' | 'isOpen' | 'kind'>) {
  return queries
    .selectFrom('findings')
    .select([
      'findings.group_id as id',
      sql<number>`min(findings.severity)`.as('severity'),
      sql<number>`count(*)`.as('machines'),
      sql<number>`min(findings.since)`.as('since'),
      sql<number | null>`max(findings.closed_at)`.as('closedAt'),
    ])
    .where(isOpen ? sql<SqlBool>`findings.closed_at is null` : HAS_ENDED)
    .where(kind === null ? sql<SqlBool>`1 = 1` : sql<SqlBool>`findings.kind = ${kind}`)
    .where(isOfHosts(filters))
    .groupBy('findings.group_id');
}

/** Once for each machine, and open nowhere. */
const HAS_ENDED = sql<SqlBool>`${IS_NEWEST} and not exists (
  select 1 from findings as lasting where lasting.group_id = findings.group_id and lasting.closed_at is null)`;

function isAfter({ severity, machines, since, id }: FindingGroupPlace): Expression<SqlBool> {
  return sql<SqlBool>`(severity, -machines, since, id) > (${severity}, ${-machines}, ${since}, ${id})`;
}

async function complete(
  queries: Queries,
  heads: readonly Head[],
  filters: readonly HostFilter[],
): Promise<readonly FindingGroup[]> {
  const machinesOf = new Map<string, number>();
  const groups: FindingGroup[] = [];
  for (const head of heads) {
    const { told, members, omitted, groups: names } = await listMembers(queries, head.id, filters);
    // Read in the same transaction as its head, so there is a first one.
    if (!told) continue;
    const { id, severity, machines, since, isOpen, closedAt } = head;
    const affected = names ? tally(names) : await tallyAll(queries, head, filters);
    await countMachines(queries, [...affected.keys()], machinesOf);
    groups.push({
      place: { id, severity, machines, since },
      told,
      severity: SEVERITIES[severity] ?? 'critical',
      isOpen,
      closedAt: isOpen ? null : toInstantOrNull(closedAt),
      machines,
      radius: toRadius(affected, machinesOf),
      members,
      membersOmitted: omitted,
    });
  }
  return groups;
}

/** Machines that are affected, by their group. */
type Tally = ReadonlyMap<string, number>;

function tally(names: readonly string[]): Tally {
  const affected = new Map<string, number>();
  for (const name of names) affected.set(name, (affected.get(name) ?? 0) + 1);
  return affected;
}

async function tallyAll(queries: Queries, head: Head, filters: readonly HostFilter[]): Promise<Tally> {
  const rows = await queries
    .selectFrom('findings')
    .innerJoin('hosts', 'hosts.id', 'findings.host')
    .select(['hosts.host_group as group', sql<number>`count(*)`.as('affected')])
    .where('findings.group_id', '=', head.id)
    .where(head.isOpen ? sql<SqlBool>`findings.closed_at is null` : IS_NEWEST)
    .where(allMatch(filters))
    .groupBy('hosts.host_group')
    .orderBy('affected', 'desc')
    .orderBy('hosts.host_group')
    .limit(RADIUS_AT_MOST)
    .execute();
  return new Map(rows.map(({ group, affected }) => [group, affected]));
}

function toRadius(affected: Tally, machinesOf: ReadonlyMap<string, number>): readonly GroupRadius[] {
  return [...affected]
    .map(([group, count]) => ({ group, affected: count, machines: machinesOf.get(group) ?? count }))
    .toSorted((a, b) => b.affected - a.affected || compareText(a.group, b.group));
}

async function countMachines(queries: Queries, groups: readonly string[], machinesOf: Map<string, number>) {
  for (const batch of batches(groups.filter((group) => !machinesOf.has(group)))) {
    const rows = await queries
      .selectFrom('hosts')
      .select((select) => ['host_group', select.fn.countAll<number>().as('machines')])
      .where('host_group', 'in', batch)
      .groupBy('host_group')
      .execute();
    for (const { host_group: group, machines } of rows) machinesOf.set(group, machines);
  }
}
