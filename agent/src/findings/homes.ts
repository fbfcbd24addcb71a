import { type Expectation, type FleetHome, type Home, type Listener, type Place } from '../contract.ts';
import { covers, sameSide } from './bound.ts';
import { hasSelectors, isNamed, meetsSelectors } from './expectation.ts';
import { newestOf, hasPredecessor, type Instance, type Program } from './programs.ts';
import { type Stay } from './stays.ts';
import { isTold } from './told-place.ts';
import { heldText } from './words.ts';

/** A place that a program held while it was in charge, remembered over restarts of the agent. */
export interface LearnedHome extends Place {
  /** How long it was held in the last 30 days. */
  readonly heldSeconds: number;
  /** Listening sockets of the program that came one after another there. */
  readonly generations: number;
  /** When it was first seen there, in milliseconds since 1970. */
  readonly since: number;
}

/** A home, with the declaration it comes from. */
export interface KnownHome extends Home {
  /** Name of the expectation; null where it is not declared. */
  readonly service: string | null;
  /** Earlier generations known here; 0 where none is remembered. */
  readonly generations: number;
}

/** Homes of which any one will do. */
export type HomeChoice = readonly KnownHome[];

/** What is known besides the program itself. */
export interface HomeFacts {
  /** Listeners of the program's network namespace by port, TCP and UDP. */
  readonly byPort: ReadonlyMap<number, readonly Listener[]>;
  readonly expectations: readonly Expectation[];
  readonly learned: readonly LearnedHome[];
  /** Where the program is on most other machines. */
  readonly fleet: readonly FleetHome[];
  /** First and last ephemeral port; null when unknown. */
  readonly ephemeralPorts: readonly [number, number] | null;
}

/** Who listens on a TCP port. */
export function tcpOn({ byPort }: Pick<HomeFacts, 'byPort'>, port: number): readonly Listener[] {
  return (byPort.get(port) ?? []).filter(({ protocol }) => protocol === 'tcp');
}

/** Homes of the process in charge. Declared ones come first: what they say, no command line and no history overrules. */
export function homesOf(program: Program, facts: HomeFacts): readonly HomeChoice[] {
  const newest = newestOf(program);
  if (newest === null) return [];
  const declared = declaredHomes(program, newest, facts);
  if (declared.length > 0) return declared;
  const told = toldHomes(newest, facts);
  if (told.length > 0) return told.map((home) => [home]);
  const learned = learnedHomes(facts.learned);
  const inferred = inferredHomes(program, newest, facts).filter((home) => !learned.some((one) => isSame(one, home)));
  const here = [...learned, ...inferred];
  return (here.length > 0 ? here : fleetHomes(facts)).map((home) => [home]);
}

/** What is known of other machines counts where nothing is known of this one. */
function fleetHomes({ fleet }: HomeFacts): readonly KnownHome[] {
  return fleet.map(({ address, port, support }) => ({
    address,
    port,
    source: 'fleet',
    support,
    service: null,
    generations: 0,
  }));
}

function isSame(one: Place, other: Place): boolean {
  return one.port === other.port && one.address === other.address;
}

/** A declaration is the program's when its selectors say so; without any, when the program serves there, or did, or is called so. */
function declaredHomes(program: Program, newest: Instance, facts: HomeFacts): readonly HomeChoice[] {
  if (facts.expectations.length === 0) return [];
  const evidence = [
    ...learnedHomes(facts.learned),
    ...inferredHomes(program, newest, facts),
    ...toldHomes(newest, facts),
    ...[...program.instances.flatMap(({ stays }) => stays), ...program.past].map(({ listener }) => listener),
    ...program.abandoned.map(({ listener }) => listener),
  ];
  const isNear = (place: Place) =>
    evidence.some(({ port, address }) => port === place.port && covers({ address, dualStack: null }, place));
  return facts.expectations
    .filter((expectation) => {
      const isClaimed = hasSelectors(expectation) && isMeant(program, expectation, facts);
      if (!meetsSelectors(newest.holder, expectation)) return false;
      return isClaimed || isNamed(newest.holder, expectation.name) || expectation.places.some(isNear);
    })
    .map(({ name, places }) =>
      places.map((place) => ({ ...place, source: 'declared', support: null, service: name, generations: 0 })),
    );
}

/**
 * Selectors may fit several programs, as `exe=node` does: then the one that serves there is meant, or the only one of the
 * machine. A unit is one service, whatever it runs.
 */
function isMeant({ programKey }: Program, expectation: Expectation, { byPort }: HomeFacts): boolean {
  const fitting = (listeners: readonly Listener[]) =>
    listeners.flatMap(({ holders }) => holders).filter((holder) => meetsSelectors(holder, expectation));
  const serving = fitting(
    expectation.places.flatMap((place) =>
      (byPort.get(place.port) ?? []).filter((listener) => listener.protocol === 'tcp' && covers(listener, place)),
    ),
  );
  if (serving.length > 0) return serving.some((holder) => holder.programKey === programKey);
  return (
    expectation.unit !== null || fitting([...byPort.values()].flat()).every((one) => one.programKey === programKey)
  );
}

/** Whether a process listens on one of the ports it was told, whatever the protocol. */
function holdsToldPort({ holder }: Instance, { byPort }: Pick<HomeFacts, 'byPort'>): boolean {
  const isOwn = ({ holders }: Listener) =>
    holders.some(({ pid, startTicks }) => pid === holder.pid && startTicks === holder.startTicks);
  return holder.toldPorts.some((port) => byPort.get(port)?.some(isOwn) ?? false);
}

/** Where it is of its own choice: a port it was told is right. */
export function untoldStays({ holder, stays }: Instance): readonly Stay[] {
  return stays.filter(({ listener }) => !isTold(holder, listener.port));
}

/** Told some port and holding none of those it was told: each is a home. */
function toldHomes(newest: Instance, facts: HomeFacts): readonly KnownHome[] {
  if (holdsToldPort(newest, facts)) return [];
  const own = newest.stays.map(({ listener }) => listener);
  return newest.holder.toldPorts.map((port) => {
    const held = tcpOn(facts, port).find(
      (listener) => !isWildcard(listener) && own.some((mine) => sameSide(mine, listener)),
    );
    const address = held?.address ?? own[0]?.address ?? '127.0.0.1';
    return { address, port, source: 'told', support: null, service: null, generations: 0 };
  });
}

function isWildcard({ exposure }: Listener): boolean {
  return exposure === 'any';
}

/** Episodes are no homes. */
const LEAST_SECONDS = 600;
const LEAST_SHARE = 0.1;

/** Of all that was held, what was held long, and not much less than the longest. */
export function learnedHomes(learned: readonly LearnedHome[]): readonly KnownHome[] {
  const longest = Math.max(0, ...learned.map(({ heldSeconds }) => heldSeconds));
  return learned
    .filter(({ heldSeconds }) => heldSeconds >= LEAST_SECONDS && heldSeconds >= longest * LEAST_SHARE)
    .map(({ address, port, heldSeconds, generations }) => ({
      address,
      port,
      source: 'here',
      support: `held for ${heldText(heldSeconds)} by ${generations === 1 ? 'one process' : `${generations} processes in turn`}`,
      service: null,
      generations,
    }));
}

/** Farther apart, two ports have nothing to do with each other. */
const LONGEST_STEP = 10;

/** A program's process on a port, in charge once. */
interface Earlier {
  readonly listener: Listener;
  readonly startedAt: number;
}

/**
 * Without history: the lowest of adjoining ports whose processes started in the order of the ports.
 * An ephemeral port tells nothing.
 */
function inferredHomes(program: Program, newest: Instance, facts: HomeFacts): readonly KnownHome[] {
  const earlier: readonly Earlier[] = [
    ...program.instances
      .filter((instance) => instance !== newest)
      .flatMap(({ stays, startedAt }) => stays.map(({ listener }) => ({ listener, startedAt }))),
    ...program.abandoned.map(({ listener }) => ({ listener, startedAt: 0 })),
  ];
  const lowest = untoldStays(newest).map((stay) => lowestBelow(stay, newest, earlier, facts));
  return lowest.flatMap((found) =>
    found === null || untoldStays(newest).every((stay) => hasPredecessor(program, stay, found.startedAt))
      ? []
      : [{ ...placeOf(found.listener), source: 'here', support: null, service: null, generations: 0 }],
  );
}

export function placeOf({ address, port }: Listener): Place {
  return { address, port };
}

function lowestBelow({ listener }: Stay, newest: Instance, earlier: readonly Earlier[], facts: HomeFacts) {
  let step: Earlier | undefined = { listener, startedAt: newest.startedAt };
  let lowest: Earlier | null = null;
  while (step !== undefined) {
    const upper: Earlier = step;
    step = earlier.find(
      (one) =>
        one.startedAt < upper.startedAt &&
        one.listener.port < upper.listener.port &&
        adjoins(one.listener.port, upper.listener.port, facts) &&
        !isEphemeral(one.listener.port, facts) &&
        sameSide(one.listener, upper.listener),
    );
    lowest = step ?? lowest;
  }
  return lowest;
}

export function isEphemeral(port: number, { ephemeralPorts }: Pick<HomeFacts, 'ephemeralPorts'>): boolean {
  return ephemeralPorts !== null && port >= ephemeralPorts[0] && port <= ephemeralPorts[1];
}

/** A server that looks for the next free port skips those that others hold. */
function adjoins(lower: number, upper: number, facts: HomeFacts): boolean {
  if (upper - lower > LONGEST_STEP) return false;
  for (let port = lower + 1; port < upper; port++) if (tcpOn(facts, port).length === 0) return false;
  return true;
}
