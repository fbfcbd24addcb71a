import { type Instant } from '../contract.ts';

/** What is known of an accept queue that does not empty. Times are in milliseconds. */
export interface Queue {
  /** Queued at the last reading, but for one that is in doubt. */
  readonly peers: ReadonlySet<string>;
  /** Since when none of those queued has left. */
  readonly since: number;
  /** It was stuck and the last reading missed some: they left, or the reading went astray. The next one tells. */
  readonly isInDoubt: boolean;
  readonly isStuck: boolean;
}

/** A busy server leaves a peer alone for less. */
const STUCK_AFTER_MS = 3000;

/**
 * Progress is what counts, never length: a full queue that moves is a busy server, and a single peer that stays may wait
 * at a dead one. Reads of the table are not atomic and miss a row now and then, so a stuck queue moves when two readings miss
 * a peer.
 * @param peers those queued now
 */
export function queueAfter(before: Queue | undefined, peers: ReadonlySet<string>, at: number): Queue {
  const hasLeft = before !== undefined && [...before.peers].some((peer) => !peers.has(peer));
  if (hasLeft && before.isStuck && !before.isInDoubt) return { ...before, isInDoubt: true };
  if (hasLeft || before === undefined) return { peers, since: at, isInDoubt: false, isStuck: false };
  // A clock that was set back makes no queue older than it is.
  const since = Math.min(before.since, at);
  return { peers, since, isInDoubt: false, isStuck: peers.size > 0 && at - since >= STUCK_AFTER_MS };
}

export function stuckSince(queue: Queue | undefined): Instant | null {
  return queue?.isStuck === true ? new Date(queue.since).toISOString() : null;
}
