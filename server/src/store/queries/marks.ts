import type { Instant } from '@portlight/agent/contract';
import type { Seen, SequenceMark } from '../store.ts';
import { batches, toMs, type Queries } from './rows.ts';

export async function sequenceOf(queries: Queries, host: string, agentStartedAt: Instant): Promise<number | null> {
  const row = await queries
    .selectFrom('agent_starts')
    .select('sequence')
    .where('host', '=', host)
    .where('started_at', '=', toMs(agentStartedAt))
    .executeTakeFirst();
  return row?.sequence ?? null;
}

export async function markSequence(queries: Queries, host: string, mark: SequenceMark): Promise<void> {
  const changing = { boot_id: mark.bootId, sequence: mark.sequence, marked_at: mark.at };
  await queries
    .insertInto('agent_starts')
    .values({ host, started_at: toMs(mark.agentStartedAt), ...changing })
    .onConflict((conflict) => conflict.columns(['host', 'started_at']).doUpdateSet(changing))
    .execute();
}

export async function markSeen(queries: Queries, seen: readonly Seen[]): Promise<void> {
  const rows = seen.map(({ hostId, at, clockOffsetMs }) => ({ host: hostId, at, clock_offset_ms: clockOffsetMs }));
  for (const batch of batches(rows)) {
    await queries
      .insertInto('seen')
      .values(batch)
      .onConflict((conflict) =>
        conflict.column('host').doUpdateSet((excluded) => ({
          at: excluded.ref('excluded.at'),
          clock_offset_ms: excluded.ref('excluded.clock_offset_ms'),
        })),
      )
      .execute();
  }
}
