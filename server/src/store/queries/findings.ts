import { sql } from 'kysely';
import { SEVERITIES, type Finding } from '@portlight/agent/contract';
import type { FindingChanges, KeptFinding } from '../finding-store.ts';
import type { OfHost } from '../store.ts';
import type { FindingsTable } from '../tables.ts';
import { isOneOf, removeRows, type RowShape } from './bulk.ts';
import { toInstantOrNull, toMs, type Queries } from './rows.ts';

const AT_MOST = 1_000;

export async function openFindings(
  queries: Queries,
  hostIds: readonly string[],
): Promise<readonly OfHost<{ readonly finding: Finding }>[]> {
  if (hostIds.length === 0) return [];
  const rows = await queries
    .selectFrom('findings')
    .select(['host', 'facts'])
    .where(isOneOf(queries, sql`host`, hostIds))
    .where('closed_at', 'is', null)
    .execute();
  return rows.map(({ host, facts }) => ({ hostId: host, finding: JSON.parse(facts) as Finding }));
}

export async function findingsBetween(
  queries: Queries,
  host: string,
  from: number,
  to: number,
): Promise<readonly KeptFinding[]> {
  const rows = await queries
    .selectFrom('findings')
    .select(['facts', 'closed_at'])
    .where('host', '=', host)
    .where('since', '<=', to)
    .where((where) => where.or([where('closed_at', 'is', null), where('closed_at', '>=', from)]))
    .orderBy('since', 'desc')
    .orderBy('opening', 'desc')
    .limit(AT_MOST)
    .execute();
  return rows
    .map((row) => ({ finding: JSON.parse(row.facts) as Finding, closedAt: toInstantOrNull(row.closed_at) }))
    .toReversed();
}

export async function saveFindings(queries: Queries, changes: readonly OfHost<FindingChanges>[]): Promise<void> {
  const last = await lastOpenings(
    queries,
    changes.filter(({ opened }) => opened.length > 0).map(({ hostId }) => hostId),
  );
  for (const { hostId, opened, changed, closed, receivedAt } of changes) {
    for (const { id, closedAt } of closed) {
      await updateOpen(queries, hostId, id, { closed_at: toMs(closedAt), closing_received_at: receivedAt });
    }
    for (const finding of changed) await updateOpen(queries, hostId, finding.id, toColumns(finding));
    const before = last.get(hostId) ?? 0;
    last.set(hostId, before + opened.length);
    for (const [index, finding] of opened.entries()) {
      const row = toNewRow(hostId, before + index + 1, finding, receivedAt);
      await queries.insertInto('findings').values(row).execute();
    }
  }
}

/** Numbers of the newest openings. */
async function lastOpenings(queries: Queries, hostIds: readonly string[]): Promise<Map<string, number>> {
  if (hostIds.length === 0) return new Map();
  const rows = await queries
    .selectFrom('findings')
    .select(['host', sql<number>`max(opening)`.as('last')])
    .where(isOneOf(queries, sql`host`, hostIds))
    .groupBy('host')
    .execute();
  return new Map(rows.map(({ host, last }) => [host, last]));
}

async function updateOpen(queries: Queries, host: string, id: string, columns: Partial<FindingsTable>): Promise<void> {
  await queries
    .updateTable('findings')
    .set(columns)
    .where('host', '=', host)
    .where('id', '=', id)
    .where('closed_at', 'is', null)
    .execute();
}

type Columns = Omit<FindingsTable, 'host' | 'opening' | 'id' | 'opened_at' | 'closed_at' | 'closing_received_at'>;

function toNewRow(host: string, opening: number, finding: Finding, receivedAt: number): FindingsTable {
  const { id } = finding;
  const times = { opened_at: receivedAt, closed_at: null, closing_received_at: null };
  return { host, opening, id, ...toColumns(finding), ...times };
}

function toColumns(finding: Finding): Columns {
  return {
    group_id: finding.groupId,
    kind: finding.kind,
    severity: SEVERITIES.indexOf(finding.severity),
    program: finding.program,
    current_port: currentPort(finding),
    since: toMs(finding.since),
    detected_at: toMs(finding.detectedAt),
    facts: JSON.stringify(finding),
  };
}

/** Where its newest process listens: the drift's other port, the ladder's newest rung. */
function currentPort(finding: Finding): number | null {
  if (finding.kind === 'drift') return finding.details.current[0]?.port ?? null;
  return finding.kind === 'ladder' ? (finding.details.ports.at(-1) ?? null) : null;
}

const FINDING_KEYS: RowShape<Pick<FindingsTable, 'host' | 'opening'>> = {
  table: 'findings',
  columns: { host: 'text', opening: 'bigint' },
  key: ['host', 'opening'],
};

/** Those whose closing was learned before that time by the server's clock; answers how many went. */
export async function removeClosedFindings(queries: Queries, before: number, atMost: number): Promise<number> {
  const oldest = await queries
    .selectFrom('findings')
    .select(['host', 'opening'])
    .where('closed_at', 'is not', null)
    .where('closing_received_at', '<', before)
    .orderBy('closing_received_at')
    .limit(atMost)
    .execute();
  await removeRows(queries, FINDING_KEYS, oldest);
  return oldest.length;
}
