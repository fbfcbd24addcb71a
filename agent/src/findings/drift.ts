import { type Listener } from '../contract.ts';
import { holderKey } from '../scan/fingerprint.ts';
import { blocks, covers, sameSide } from './bound.ts';
import { homesOf, tcpOn, untoldStays, type HomeChoice, type HomeFacts, type KnownHome } from './homes.ts';
import { isBatch, newestOf, type Instance, type Program } from './programs.ts';
import { type Stay } from './stays.ts';

/** The process in charge is not where it belongs. */
export interface Drift {
  readonly home: KnownHome;
  readonly newest: Instance;
  /** Where it listens instead. */
  readonly elsewhere: Stay;
  /** Listeners on the home, or in its way. */
  readonly inTheWay: readonly Listener[];
}

interface Candidate extends Drift {
  readonly distance: number;
}

/** Each home that is not held, with the nearest other port. Each port stands for one home. */
export function driftsOf(program: Program, facts: HomeFacts): readonly Drift[] {
  const newest = newestOf(program);
  if (newest === null) return [];
  const choices = homesOf(program, facts);
  if (choices.length === 0) return [];
  const isOff = ({ listener }: Stay) => !choices.flat().some((home) => isHeldBy(listener, home));
  const untold = untoldStays(newest).filter(isOff);
  const candidates = choices
    .filter((choice) => !isKept(choice, program, newest))
    .flatMap((choice) => {
      const isDeclared = choice[0]?.source === 'declared';
      return nearest(choice, isDeclared ? newest.stays.filter(isOff) : untold, program, newest, facts);
    })
    .toSorted((a, b) => a.distance - b.distance || a.home.port - b.home.port);
  return candidates.filter((one, at) => isFirst(one, candidates.slice(0, at)));
}

function isFirst({ elsewhere, home }: Candidate, before: readonly Candidate[]): boolean {
  return before.every((other) => other.elsewhere !== elsewhere && other.home !== home);
}

/** Held by the process in charge or, where its own command line says nothing, by one started in the same batch. */
function isKept(choice: HomeChoice, { instances }: Program, newest: Instance): boolean {
  const batch = instances.filter((one) => isBatch([one.startedAt, newest.startedAt]));
  return choice.some(({ source, ...home }) =>
    (source === 'told' ? [newest] : batch).some(({ stays }) =>
      stays.some(({ listener }) => isHeldBy(listener, { ...home, source })),
    ),
  );
}

function isHeldBy(listener: Listener, home: KnownHome): boolean {
  return listener.port === home.port && covers(listener, home);
}

/** Of homes that are as good as one another the nearest. */
function nearest(
  choice: HomeChoice,
  places: readonly Stay[],
  program: Program,
  newest: Instance,
  facts: HomeFacts,
): readonly Candidate[] {
  return choice
    .flatMap((home) => {
      const inTheWay = listenersInTheWay(home, newest, facts);
      return places
        .filter((elsewhere) => isProven(home, elsewhere, inTheWay, program))
        .map((elsewhere) => ({ home, newest, elsewhere, inTheWay, distance: distanceOf(home, elsewhere) }));
    })
    .toSorted((a, b) => a.distance - b.distance)
    .filter(({ home }, _, [first]) => home === first?.home);
}

function distanceOf(home: KnownHome, { listener }: Stay): number {
  return Math.abs(home.port - listener.port);
}

function listenersInTheWay(home: KnownHome, newest: Instance, facts: HomeFacts): readonly Listener[] {
  return tcpOn(facts, home.port).filter(
    (listener) =>
      blocks(listener, { address: home.address, dualStack: null }) &&
      !listener.holders.some((holder) => holderKey(holder) === newest.key),
  );
}

/** A fact on this machine: declared, told, somebody else holds the home, or two earlier processes of the program did. */
function isProven(home: KnownHome, { listener }: Stay, inTheWay: readonly Listener[], program: Program): boolean {
  if (!sameSide(listener, { address: home.address, dualStack: null })) return false;
  // On the port itself and another address: off its place only while an older process keeps the place.
  if (listener.port === home.port) return inTheWay.some((one) => isOlderOwn(one, program));
  if (home.source === 'declared' || home.source === 'told') return true;
  if (inTheWay.some((one) => isInAnotherContainer(one, program))) return false;
  return inTheWay.length > 0 || home.generations >= 2;
}

/** Two live containers are compared only where a declaration says what belongs where. */
function isInAnotherContainer({ holders }: Listener, { programKey, instances }: Program): boolean {
  const own = new Set(instances.map(({ holder }) => holder.container?.id));
  return holders.some(
    (holder) => holder.programKey === programKey && holder.container !== null && !own.has(holder.container.id),
  );
}

function isOlderOwn({ holders, inode }: Listener, { instances, abandoned }: Program): boolean {
  const own = new Set(instances.map(({ key }) => key));
  return (
    holders.some((holder) => own.has(holderKey(holder))) || abandoned.some(({ listener }) => listener.inode === inode)
  );
}
