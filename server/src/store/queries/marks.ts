import { sql } from 'kysely';
import type { Instant } from '@portlight/agent/contract';
import type { KnownStart, OfHost, Seen, SequenceMark } from '../store.ts';
import type { AgentStartsTable, SeenTable } from '../tables.ts';
import { isOneOf, upsert, type RowShape } from './bulk.ts';
import { toInstant, toMs, type Queries } from './rows.ts';

export async function sequenceOf(queries: Queries, host: string, agentStartedAt: Instant): Promise<number | null> {
  const row = await queries
    .selectFrom('agent_starts')
    .select('sequence')
    .where('host', '=', host)
    .where('started_at', '=', toMs(agentStartedAt))
    .executeTakeFirst();
  return row?.sequence ?? null;
}

export async function sequencesOf(
  queries: Queries,
  starts: readonly OfHost<Pick<KnownStart, 'agentStartedAt'>>[],
): Promise<readonly OfHost<KnownStart>[]> {
  const rows = await queries
    .selectFrom('agent_starts')
    .select(['host', 'started_at', 'sequence'])
    .where(isOneOf(queries, sql`host`, [...new Set(starts.map(({ hostId }) => hostId))]))
    .where(isOneOf(queries, sql`started_at`, [...new Set(starts.map(({ agentStartedAt }) => toMs(agentStartedAt)))]))
    .execute();
  return rows.map(({ host, started_at, sequence }) => ({
    hostId: host,
    agentStartedAt: toInstant(started_at),
    sequence,
  }));
}

const STARTS: RowShape<AgentStartsTable> = {
  table: 'agent_starts',
  columns: { host: 'text', started_at: 'bigint', boot_id: 'text', sequence: 'bigint', marked_at: 'bigint' },
  key: ['host', 'started_at'],
};

export async function markSequences(queries: Queries, marks: readonly OfHost<SequenceMark>[]): Promise<void> {
  const rows = marks.map(({ hostId, agentStartedAt, bootId, sequence, at }) => ({
    ...{ host: hostId, started_at: toMs(agentStartedAt), boot_id: bootId, sequence, marked_at: at },
  }));
  await upsert(queries, STARTS, rows, ['boot_id', 'sequence', 'marked_at']);
}

const SEEN: RowShape<SeenTable> = {
  table: 'seen',
  columns: { host: 'text', at: 'bigint', clock_offset_ms: 'bigint', every_seconds: 'bigint' },
  key: ['host'],
};

export async function markSeen(queries: Queries, seen: readonly Seen[]): Promise<void> {
  const rows = seen.map(({ hostId, at, clockOffsetMs, aliveEverySeconds }) => ({
    ...{ host: hostId, at, clock_offset_ms: clockOffsetMs, every_seconds: aliveEverySeconds },
  }));
  await upsert(queries, SEEN, rows, ['at', 'clock_offset_ms', 'every_seconds']);
}
