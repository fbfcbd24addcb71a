/** What could not be kept becomes one visible gap. Pure. */
import type { Instant } from '../contract.ts';
import { gapAt } from '../events/gap.ts';
import type { Waiting } from './spool-record.ts';

/** How many of these no gap stood for before. */
export const newlyLost = (waiting: readonly Waiting[]): number => waiting.filter(({ lost }) => lost === 0).length;

/** Stands for dropped events, under the id of the last of them; null when there are none. */
export function droppedGap(dropped: readonly Waiting[]): Waiting | null {
  const last = dropped.at(-1)?.event;
  if (!last) return null;
  const lost = dropped.reduce((sum, one) => sum + Math.max(one.lost, 1), 0);
  const event = { id: last.id, ...gapAt(last.at, `${lost} events dropped while the aggregator was away`) };
  return { event, lost };
}

/** Stands for what cannot be read of a file: one event or more, from `id` on. */
export function cutGap(id: number, at: Instant, bytes: number): Waiting {
  const detail = `events could not be read back after the agent ended: ${bytes} bytes of its spool are damaged`;
  return { event: { id, ...gapAt(at, detail) }, lost: 1 };
}
