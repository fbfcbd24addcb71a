/** Connections wait at a socket and none is accepted: whoever holds it holds the port and does not answer. The rule. */
import { type FindingOf, type Holder, type Listener, type Severity, type Snapshot } from '../contract.ts';
import { type Scene } from './finding.ts';
import { standstill } from './holder-evidence.ts';
import { overflowsSince, type QueueStory } from './queue-stories.ts';
import { socketKey, type History } from './stays.ts';
import { wedgedFinding } from './wedged-finding.ts';

/** A busy server leaves a client alone for less. */
const WEDGED_AFTER_MS = 10_000;
const CRITICAL_AFTER_MS = 60_000;
const GIVEN_UP_AFTER_MS = 10_000;

/** A queue that stands still. */
export interface Wedge {
  readonly listener: Listener;
  /** Who should accept; null when nobody is seen to hold the socket. */
  readonly holder: Holder | null;
  /** When the last connection was accepted, or before. */
  readonly since: number;
  readonly waiting: number;
  readonly givenUp: number;
  /** When the first who closed was seen; null when none did. */
  readonly givenUpSince: number | null;
  /** Connections refused meanwhile. */
  readonly overflows: number;
}

export function wedged(scene: Scene): readonly FindingOf<'wedged'>[] {
  const { snapshot, history, now } = scene;
  return snapshot.listeners
    .flatMap((listener) => wedgeOf(listener, history, snapshot))
    .filter(({ since }) => now - since >= WEDGED_AFTER_MS)
    .map((wedge) => wedgedFinding(wedge, severityOf(wedge, now), scene));
}

function wedgeOf(listener: Listener, history: History, { kernel }: Snapshot): readonly Wedge[] {
  if (listener.acceptQueueStuckSince === null) return [];
  const since = Date.parse(listener.acceptQueueStuckSince);
  const key = socketKey(listener);
  const story = history.queues.get(key);
  return [
    {
      listener,
      holder: serverOf(listener, history.sockets.get(key)?.owner),
      since,
      waiting: listener.acceptQueue ?? 0,
      givenUp: listener.connections?.givenUp ?? 0,
      givenUpSince: givenUpSince(story, since),
      overflows: overflowsSince(story, kernel, listener),
    },
  ];
}

/** Those who gave up before the queue stood still may have been accepted since. */
function givenUpSince(story: QueueStory | undefined, since: number): number | null {
  const seen = story?.givenUpSince ?? null;
  return seen === null ? null : Math.max(seen, since);
}

/** Of the socket's own program, not who passed it on. */
function serverOf({ holders }: Listener, owner: string | undefined): Holder | null {
  const own = holders.filter(({ programKey, pid }) => pid !== 1 && programKey === owner);
  const [first = null] = [...own.filter((holder) => standstill(holder) !== null), ...own, ...holders];
  return first;
}

function severityOf({ since, givenUpSince: gaveUp, overflows }: Wedge, now: number): Severity {
  const isLong = now - since >= CRITICAL_AFTER_MS;
  const hasGivenUp = gaveUp !== null && now - gaveUp >= GIVEN_UP_AFTER_MS;
  return isLong || hasGivenUp || overflows > 0 ? 'critical' : 'warning';
}
