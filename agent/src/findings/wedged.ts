/** Connections wait at a socket and none is accepted: whoever holds it holds the port and does not answer. */
import { type FindingOf, type Holder, type Listener, type Severity, type Snapshot, type Step } from '../contract.ts';
import { allHolders, findingOf, seatOf, subtitleOf, type Scene, type Speaker } from './finding.ts';
import { standstill } from './holder-evidence.ts';
import { placeOf } from './homes.ts';
import { isJudged } from './programs.ts';
import { overflowsSince, type QueueStory } from './queue-stories.ts';
import { socketKey, type History } from './stays.ts';
import * as steps from './steps.ts';
import { holderText, instant, placeText, timeText } from './words.ts';

/** A busy server leaves a client alone for less. */
const WEDGED_AFTER_MS = 10_000;
const CRITICAL_AFTER_MS = 60_000;
const GIVEN_UP_AFTER_MS = 10_000;

/** A queue that stands still. */
interface Wedge {
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
    .map((wedge) => wedgedFinding(wedge, scene));
}

function wedgeOf(listener: Listener, history: History, { kernel }: Snapshot): readonly Wedge[] {
  if (listener.acceptQueueStuckSince === null) return [];
  const key = socketKey(listener);
  const story = history.queues.get(key);
  const since = Date.parse(listener.acceptQueueStuckSince);
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

const UNKNOWN = 'unknown';
/** No unit is told of who cannot be seen. */
const NOBODY: Speaker = { program: UNKNOWN, unit: null, scope: 'system' };

function wedgedFinding(wedge: Wedge, scene: Scene): FindingOf<'wedged'> {
  const { listener, holder, since, waiting, givenUp, overflows } = wedge;
  const { port, networkNamespace, isHostNamespace } = listener;
  const speaks = holder ?? NOBODY;
  const who = holder?.program ?? 'Whoever is there';
  const state = holder === null ? null : standstill(holder);
  return findingOf(
    {
      kind: 'wedged',
      label: 'Wedged',
      severity: severityOf(wedge, scene.now),
      service: listener.service,
      place: placeOf(listener),
      speaks,
      holders: holder === null ? [] : [holder],
      since,
      title: `${who} on ${port} accepts no connections`,
      subtitle: subtitleOf('Wedged', speaks, `${waiting} waiting, 0 accepted since ${timeText(since)}`),
      sentence: `${who} holds ${port} but does not answer.`,
      why: `${connections(waiting)} at ${placeText(listener)}, and none was accepted since ${timeText(since)}${
        state === null ? '' : `: pid ${holder?.pid ?? UNKNOWN} is ${state}`
      }.`,
      details: { waiting, since: instant(since), givenUp, hasOverflowed: overflows > 0 },
      causes: [],
      evidence: evidenceOf(wedge),
      steps: stepsOf(wedge, scene),
    },
    {
      snapshot: scene.snapshot,
      program: { programKey: holder?.programKey ?? UNKNOWN, networkNamespace, isHostNamespace },
    },
  );
}

function connections(count: number): string {
  return count === 1 ? '1 connection waits' : `${count} connections wait`;
}

function evidenceOf({ listener, holder, since, waiting, givenUp, givenUpSince: gaveUp, overflows }: Wedge) {
  const limit = listener.acceptQueueLimit === null ? '' : ` (net.core.somaxconn allows ${listener.acceptQueueLimit})`;
  return [
    `${connections(waiting)} to be accepted at ${placeText(listener)}${limit}: the same ones since ${timeText(since)}.`,
    holder === null ? `Who holds the socket cannot be seen: ${holderText(listener)}.` : stateEvidence(holder),
    ...(overflows === 0
      ? []
      : [`ListenOverflows rose by ${overflows} while ${waiting} waited: the kernel turns away whoever comes.`]),
    ...(gaveUp === null
      ? []
      : [`${givenUp} of ${waiting} gave up: their clients have closed, the first by ${timeText(gaveUp)}.`]),
  ];
}

function stateEvidence(holder: Holder): string {
  const who = `${holder.program} (pid ${holder.pid})`;
  const state = standstill(holder);
  if (state !== null) return `${who} is ${state}: it accepts no connections.`;
  return holder.state === null
    ? `What ${who} does is not known.`
    : `${who} is in state ${holder.state}: it does something else than accept.`;
}

function stepsOf({ listener, holder }: Wedge, { snapshot }: Scene): readonly Step[] {
  const { port, isHostNamespace } = listener;
  if (holder === null) return isHostNamespace ? [steps.lookAtQueue(port, { namespacePid: null })] : [];
  const seat = seatOf(listener, holder);
  const unit = steps.stoppableUnit(holder, allHolders(snapshot.listeners));
  const seen = [steps.lookAtQueue(port, seat), steps.whereItWaits(holder.pid)];
  if (!isJudged(holder)) return seen;
  const held = { holder, listener };
  return [
    ...seen,
    ...(holder.state === 'T' ? [steps.goOn(held, seat)] : []),
    ...(unit === null
      ? [steps.end('End it', [held], seat), steps.confirm(port, seat)]
      : [steps.restart(unit, port, seat)]),
  ];
}
