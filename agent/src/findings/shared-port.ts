/** Programs that have nothing to do with each other listen on one address and port: each gets a part of the connections. */
import { type FindingOf, type Holder, type Listener } from '../contract.ts';
import { findingOf, seatOf, subtitleOf, type Scene } from './finding.ts';
import { placeOf } from './homes.ts';
import { isJudged, serviceUnitOf } from './programs.ts';
import { areSiblings } from './siblings.ts';
import * as steps from './steps.ts';
import { beganAt, placeText, timeText } from './words.ts';

export function sharedPorts(scene: Scene): readonly FindingOf<'shared-port'>[] {
  const judged = scene.snapshot.listeners.filter(
    ({ protocol, holders }) =>
      protocol === 'tcp' && holders.length > 0 && holders.every(isJudged) && holders.every(isSeen),
  );
  return [...Map.groupBy(judged, ({ port }) => port).values()]
    .filter(({ length }) => length > 1)
    .flatMap((onPort) => [...Map.groupBy(onPort, placeName).values()])
    .flatMap((sockets) => {
      const strangers = strangersOf(sockets);
      return strangers.length > 1 ? [sharedFinding(strangers, scene)] : [];
    });
}

/** What runs a file that may not be looked at, or ends and has none any more, is no proof. */
function isSeen({ executable }: Holder): boolean {
  return executable !== null;
}

function placeName({ networkNamespace, address }: Listener): string {
  return `${networkNamespace} ${address}`;
}

/** The sockets, each with those of whom its holders are related. */
function strangersOf(sockets: readonly Listener[]): readonly (readonly Listener[])[] {
  return sockets.reduce<readonly (readonly Listener[])[]>((groups, socket) => {
    const own = groups.filter((group) => group.some((other) => areOfOne(socket, other)));
    return [...groups.filter((group) => !own.includes(group)), [...own.flat(), socket]];
  }, []);
}

function areOfOne({ holders }: Listener, other: Listener): boolean {
  return holders.some((holder) => other.holders.some((another) => areRelated(holder, another)));
}

function areRelated(one: Holder, other: Holder): boolean {
  const isStarted = one.ancestors.includes(other.pid) || other.ancestors.includes(one.pid);
  return isSameProgram(one, other) || isStarted || areSiblings(one, other) || areOfOneTemplate(one, other);
}

/** Two active services that run the same program are two programs. */
function isSameProgram(one: Holder, other: Holder): boolean {
  const [unit, another] = [serviceUnitOf(one), serviceUnitOf(other)];
  const areTwo = unit !== null && another !== null && unit !== another;
  return one.programKey === other.programKey && !areTwo;
}

/** `web@1.service` and `web@2.service`. */
function areOfOneTemplate({ unit, scope }: Holder, other: Holder): boolean {
  const [template, instance] = unit?.split('@', 2) ?? [];
  return instance !== undefined && scope === other.scope && template === other.unit?.split('@', 2)[0];
}

/** One of those who share, with its oldest process. */
interface Sharer {
  readonly listener: Listener;
  readonly holder: Holder;
  /** Milliseconds since 1970. */
  readonly since: number;
}

function sharerOf(group: readonly Listener[], now: number): readonly Sharer[] {
  return group
    .flatMap((listener) =>
      listener.holders.map((holder) => ({ listener, holder, since: beganAt(listener, holder, now) })),
    )
    .toSorted((a, b) => Number(a.holder.startTicks) - Number(b.holder.startTicks) || a.holder.pid - b.holder.pid)
    .slice(0, 1);
}

const NUMBERS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'];
const MOST_PIDS = 100;
const SHOWN = 8;

function sharedFinding(
  strangers: readonly (readonly Listener[])[],
  { snapshot, now }: Scene,
): FindingOf<'shared-port'> {
  const sharers = strangers
    .flatMap((group) => sharerOf(group, now))
    .toSorted((a, b) => Number(a.holder.startTicks) - Number(b.holder.startTicks) || a.holder.pid - b.holder.pid);
  // Whoever is started again, it stays one trouble.
  const { listener, holder: speaks } = sharers.reduce((one, other) => (nameOf(other) < nameOf(one) ? other : one));
  const { networkNamespace, isHostNamespace, port } = listener;
  const many = NUMBERS[sharers.length] ?? String(sharers.length);
  const pids = sharers.map(({ holder }) => holder.pid);
  const since = sharers.map((sharer) => sharer.since).sort((a, b) => a - b)[1] ?? now;
  const seat = seatOf({ isHostNamespace }, speaks);
  return findingOf(
    {
      kind: 'shared-port',
      label: 'Shared port',
      severity: 'warning',
      service: listener.service,
      place: placeOf(listener),
      speaks,
      holders: sharers.map(({ holder }) => holder),
      since,
      title: `${many} programs share ${port}`,
      subtitle: subtitleOf('Shared port', { ...speaks, unit: null }, `SO_REUSEPORT · pids ${shownPids(pids)}`),
      sentence: `${many} unrelated processes share ${port}; each gets a part of the connections.`,
      why: `${sharers.slice(0, SHOWN).map(nameText).join(' and ')} listen on ${placeText(listener)}, and none of them started another: the kernel deals new connections out among them.`,
      details: { pids: pids.slice(0, MOST_PIDS) },
      causes: [],
      evidence: sharers.slice(0, SHOWN).map(sharerText),
      steps: [
        steps.lookAt([port], seat, 'A line for each socket'),
        { ...steps.describe(pids.slice(0, SHOWN)), title: 'See what they are', expect: 'A line for each process' },
        steps.end('End the older one, if it is not meant to be there', sharers.slice(0, 1), seat),
      ],
    },
    { snapshot, program: { programKey: speaks.programKey, networkNamespace, isHostNamespace } },
  );
}

function nameOf({ holder }: Sharer): string {
  return holder.programKey;
}

function shownPids(pids: readonly number[]): string {
  return `${pids.slice(0, SHOWN).join(', ')}${pids.length > SHOWN ? ' …' : ''}`;
}

function nameText({ holder }: Sharer): string {
  return `${holder.program} (pid ${holder.pid})`;
}

function sharerText({ listener, holder, since }: Sharer): string {
  return `${nameText({ listener, holder, since })}, started ${timeText(holder.startedAt)} in ${holder.unit ?? 'no unit'}, has a socket of its own on ${placeText(listener)} since ${timeText(since)}.`;
}
