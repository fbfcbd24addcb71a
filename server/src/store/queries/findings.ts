import { SEVERITIES, type Finding } from '@portlight/agent/contract';
import type { FindingChanges, KeptFinding } from '../finding-store.ts';
import type { FindingsTable } from '../tables.ts';
import { batches, toInstantOrNull, toMs, type Queries } from './rows.ts';

const AT_MOST = 1_000;

export async function openFindings(queries: Queries, host: string): Promise<readonly Finding[]> {
  const rows = await queries
    .selectFrom('findings')
    .select('facts')
    .where('host', '=', host)
    .where('closed_at', 'is', null)
    .execute();
  return rows.map(({ facts }) => JSON.parse(facts) as Finding);
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

export async function saveFindings(queries: Queries, host: string, changes: FindingChanges): Promise<void> {
  const { opened, changed, closed, receivedAt } = changes;
  for (const { id, closedAt } of closed) {
    const closing = { closed_at: toMs(closedAt), closing_received_at: receivedAt };
    await updateOpen(queries, host, id, closing);
  }
  for (const finding of changed) await updateOpen(queries, host, finding.id, toColumns(finding));
  for (const batch of batches(opened.map((finding) => toNewRow(host, finding, receivedAt)))) {
    await queries.insertInto('findings').values(batch).execute();
  }
}

async function updateOpen(queries: Queries, host: string, id: string, columns: Partial<FindingRow>): Promise<void> {
  await queries
    .updateTable('findings')
    .set(columns)
    .where('host', '=', host)
    .where('id', '=', id)
    .where('closed_at', 'is', null)
    .execute();
}

type FindingRow = Omit<FindingsTable, 'opening'>;
type Columns = Omit<FindingRow, 'host' | 'id' | 'opened_at' | 'closed_at' | 'closing_received_at'>;

function toNewRow(host: string, finding: Finding, receivedAt: number): FindingRow {
  const { id } = finding;
  return { host, id, ...toColumns(finding), opened_at: receivedAt, closed_at: null, closing_received_at: null };
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

/** Those whose closing was learned before that time by the server's clock. */
export async function removeClosedFindings(queries: Queries, before: number, atMost: number): Promise<number> {
  const oldest = queries
    .selectFrom('findings')
    .select('opening')
    .where('closed_at', 'is not', null)
    .where('closing_received_at', '<', before)
    .orderBy('closing_received_at')
    .limit(atMost);
  const result = await queries.deleteFrom('findings').where('opening', 'in', oldest).executeTakeFirst();
  return Number(result.numDeletedRows);
}
