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

/** Null where there is no such queue, as for UDP; `overflowing` is the inode of the one that overflows, if that is known. */
export function acceptQueueOf(listener: Listener, overflowing: string | null): AcceptQueue | null {
  const { acceptQueue: waiting, acceptQueueLimit: limit, acceptQueueStuckSince: stuckSince } = listener;
  if (waiting === null) return null;
  const isFull = (limit !== null && waiting > limit) || (listener.isHostNamespace && listener.inode === overflowing);
  return { waiting, limit, isFull, stuckSince };
}

/** The only queue of a machine in one view, and how many connections were refused since boot because of a full queue. */
export interface LoneQueue {
  readonly inode: string;
  readonly waiting: number;
  readonly overflows: number;
  readonly asOfMs: number;
}

/** Views come each few seconds, the counts in them less often. */
const REMEMBERED_MS = 60_000;

/**
 * The views of the last minute in which this very queue had this very length, the newest last; none where there are several
 * queues or none. The counter is that of the host's namespace and tells not whose queue was full.
 */
export function withLoneQueue(
  before: readonly LoneQueue[],
  { asOf, snapshot }: Pick<HostView, 'asOf' | 'snapshot'>,
): readonly LoneQueue[] {
  const [asOfMs, overflows] = [toMs(asOf), snapshot.kernel.listenOverflows];
  const queues = snapshot.listeners.filter(({ isHostNamespace, acceptQueue }) => isHostNamespace && acceptQueue);
  const [only] = queues;
  if (overflows === null || only === undefined || queues.length > 1) return [];
  const now = { inode: only.inode, waiting: only.acceptQueue ?? 0, overflows, asOfMs };
  const isSame = (each: LoneQueue): boolean => each.inode === now.inode && each.waiting === now.waiting;
  return [...before.filter((each) => isSame(each) && asOfMs - each.asOfMs <= REMEMBERED_MS), now];
}

/** Inode of the queue that overflows: the counter rose while it alone was there and as long as it is. A full queue is always so. */
export function overflowingInode(views: readonly LoneQueue[]): string | null {
  const [first, last] = [views[0], views.at(-1)];
  return first && last && last.overflows > first.overflows ? last.inode : null;
}
