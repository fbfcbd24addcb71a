import { type Kernel, type Listener } from '../contract.ts';

/** What was seen of an accept queue that stands still, or in which clients give up. Times are milliseconds since 1970. */
export interface QueueStory {
  /** Connections in it. */
  readonly length: number;
  /** {@link Listener.acceptQueueStuckSince}. */
  readonly stuckSince: number | null;
  /** ListenOverflows when it was first seen to be that long since it stands still; null when not known. */
  readonly overflows: number | null;
  /** Since when there are clients in it that have closed; null: there are none. */
  readonly givenUpSince: number | null;
}

/** Null where connections are accepted. */
export function queueStory(
  before: QueueStory | undefined,
  { protocol, acceptQueue, acceptQueueStuckSince, connections }: Listener,
  { listenOverflows }: Pick<Kernel, 'listenOverflows'>,
  now: number,
): QueueStory | null {
  const hasGivenUp = (connections?.givenUp ?? 0) > 0;
  if (protocol !== 'tcp' || !acceptQueue || (acceptQueueStuckSince === null && !hasGivenUp)) return null;
  const stuckSince = acceptQueueStuckSince === null ? null : Date.parse(acceptQueueStuckSince);
  const isAsBefore = before?.length === acceptQueue && before.stuckSince === stuckSince;
  return {
    length: acceptQueue,
    stuckSince,
    overflows: isAsBefore ? before.overflows : listenOverflows,
    givenUpSince: hasGivenUp ? (before?.givenUpSince ?? now) : null,
  };
}

/** By how much ListenOverflows rose while the queue kept its length: a full one does not grow. The kernel counts per namespace, and tells that of the host. */
export function overflowsSince(
  story: QueueStory | undefined,
  { listenOverflows }: Pick<Kernel, 'listenOverflows'>,
  { isHostNamespace }: Pick<Listener, 'isHostNamespace'>,
): number {
  const before = story?.overflows ?? null;
  if (!isHostNamespace || before === null || listenOverflows === null) return 0;
  return Math.max(0, listenOverflows - before);
}
