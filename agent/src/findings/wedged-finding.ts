import { type FindingOf, type Holder, type Severity, type Step } from '../contract.ts';
import { allHolders, findingOf, seatOf, subtitleOf, type Scene, type Speaker } from './finding.ts';
import { standstill } from './holder-evidence.ts';
import { placeOf } from './homes.ts';
import { isJudged } from './programs.ts';
import * as steps from './steps.ts';
import { type Wedge } from './wedged.ts';
import { holderText, instant, placeText, timeText } from './words.ts';

const UNKNOWN = 'unknown';
/** No unit is told of who cannot be seen. */
const NOBODY: Speaker = { program: UNKNOWN, unit: null, scope: 'system' };

export function wedgedFinding(wedge: Wedge, severity: Severity, scene: Scene): FindingOf<'wedged'> {
  const { listener, holder, since, waiting, givenUp, overflows } = wedge;
  const { port, networkNamespace, isHostNamespace } = listener;
  const speaks = holder ?? NOBODY;
  const who = holder?.program ?? 'Whoever is there';
  const state = holder === null ? null : standstill(holder);
  return findingOf(
    {
      kind: 'wedged',
      label: 'Wedged',
      severity,
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
