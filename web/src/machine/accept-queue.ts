import type { HostView, Instant, Listener } from '@portlight/server/views';
import { toMs } from '../format/time.ts';

/** What is known of a listener's accept queue. */
export interface AcceptQueue {
  /** Connections waiting to be accepted. */
  readonly waiting: number;
  /** somaxconn: the ceiling of every backlog. The listener's own is not in /proc; null when unknown. */
  readonly limit: number | null;
  /** Certain only: above its ceiling, or the one queue that can have overflowed. */
  readonly isFull: boolean;
  /** Since when the same connections wait and none is accepted. */
  readonly stuckSince: Instant | null;
}

/** Null where there is no such queue, as for UDP. */
export function acceptQueueOf(listener: Listener, overflowing: Listener | null): AcceptQueue | null {
  const { acceptQueue: waiting, acceptQueueLimit: limit, acceptQueueStuckSince: stuckSince } = listener;
  if (waiting === null) return null;
  const isFull = (limit !== null && waiting > limit) || listener.inode === overflowing?.inode;
  return { waiting, limit, isFull, stuckSince };
}

/** How many connections the machine had refused since boot because of a full queue, when it was asked. */
export interface OverflowCount {
  readonly asOfMs: number;
  readonly overflows: number;
}

/** Views come each few seconds, the counts in them less often. */
const REMEMBERED_MS = 60_000;

/** The counts of the last minute, the newest last. */
export function withOverflows(
  counts: readonly OverflowCount[],
  { asOf, snapshot }: Pick<HostView, 'asOf' | 'snapshot'>,
): readonly OverflowCount[] {
  const [asOfMs, overflows] = [toMs(asOf), snapshot.kernel.listenOverflows];
  if (overflows === null) return [];
  return [...counts.filter((count) => asOfMs - count.asOfMs <= REMEMBERED_MS), { asOfMs, overflows }];
}

/**
 * The listener that overflows: the counter rises, and it is the only one with a queue. The counter is that of the host's
 * namespace and tells not which; of several queues none is accused. A counter that fell is that of another boot.
 */
export function overflowingListener(counts: readonly OverflowCount[], listeners: readonly Listener[]): Listener | null {
  const [first, last] = [counts[0], counts.at(-1)];
  if (!first || !last || last.overflows <= first.overflows) return null;
  const [only = null, ...others] = listeners.filter(
    ({ isHostNamespace, acceptQueue }) => isHostNamespace && acceptQueue,
  );
  return others.length === 0 ? only : null;
}
