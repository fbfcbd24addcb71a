/** A program that opens its port, drops it and opens it again, over and over: the rule. */
import { type FindingOf, type Growth } from '../contract.ts';
import { cyclingFinding } from './cycling-finding.ts';
import { holderKey } from '../scan/fingerprint.ts';
import { type Around, type Scene } from './finding.ts';
import { chainsOf, type Generation } from './generations.ts';
import { median } from './median.ts';
import { type Program } from './programs.ts';
import { growthOf } from './trend.ts';
import { type Trends } from './trends.ts';

/** So many sockets, all opened within the time. */
const HABITS = [
  { count: 5, withinMs: 600_000 },
  { count: 6, withinMs: 3_600_000 },
] as const;
const LEAST = HABITS[0].count;
/** A socket that stands for so many times as long as the others is no part of it, and ends it. */
const STEADY = 3;
/** A process that drops so many is at none of them. */
const MANY_PORTS = 3;
/** Ports that the program holds more than at the beginning, by which it leaves some behind at each turn. */
const MORE_PORTS = 3;
/** Readings of the machine's numbers, one a minute, that tell whether they grow. */
const LEAST_READINGS = 10;
/** Of what is counted for the whole machine, at least one at every second turn. */
const MORE_EACH = 0.5;

/** Times are in milliseconds. */
export interface Cycle {
  /** Opened within `withinMs`, the newest last. */
  readonly generations: readonly Generation[];
  /** The last of them. */
  readonly newest: Generation;
  readonly withinMs: number;
  /** Median from opening to opening. */
  readonly periodMs: number;
  /** Median from opening to end. */
  readonly heldMs: number;
  /** When it began, as far as it can be told. */
  readonly since: number;
  readonly growing: readonly Growth[];
  /** Ports of the program as the first of `generations` opened, and as the newest one did. */
  readonly ports: readonly [before: number, now: number];
}

export function cycling({ programs, trends }: Scene): readonly FindingOf<'cycling'>[] {
  return programs.flatMap((around) => {
    const cycles = chainsOf(around.program, LEAST).flatMap((chain) => cycleOf(chain, around, trends));
    // A program that restarts drops all its ports: the lowest one tells of them.
    const [lowest] = cycles.toSorted((a, b) => portOf(a) - portOf(b));
    return lowest === undefined ? [] : [cyclingFinding(lowest, around)];
  });
}

function portOf({ newest }: Cycle): number {
  return newest.stay.listener.port;
}

function cycleOf(chain: readonly Generation[], { program, now }: Around, trends: Trends): readonly Cycle[] {
  const habit = HABITS.find((one) => isHabit(chain.slice(-one.count), one, now));
  if (habit === undefined) return [];
  const last = chain.slice(-habit.count);
  if (isRoaming(last, program)) return [];
  const generations = chain.filter(({ since }) => now - since <= habit.withinMs);
  const [first, newest] = [generations[0], generations.at(-1)];
  if (first === undefined || newest === undefined) return [];
  const ports = [portsAt(program, first.since), portsAt(program, newest.since)] as const;
  const periodMs = periodOf(last);
  return [
    {
      generations,
      newest,
      withinMs: habit.withinMs,
      periodMs,
      heldMs: heldOf(last),
      since: last[0]?.since ?? first.since,
      ports,
      growing: growthsOf(ports, { since: first.since, periodMs }, trends),
    },
  ];
}

/** One process that opens and drops many ports in turn, as for the data of FTP or RPC, loses none of them. */
function isRoaming(generations: readonly Generation[], { past }: Program): boolean {
  const processes = new Set(generations.map(({ stay }) => holderKey(stay.holder)));
  if (processes.size > 1) return false;
  const dropped = past.filter(({ holder }) => processes.has(holderKey(holder))).map(({ listener }) => listener.port);
  return new Set(dropped).size >= MANY_PORTS;
}

function isHabit(
  generations: readonly Generation[],
  { count, withinMs }: { readonly count: number; readonly withinMs: number },
  now: number,
): boolean {
  const [first] = generations;
  const newest = generations.at(-1);
  if (first === undefined || newest === undefined || generations.length < count) return false;
  if (now - first.since > withinMs) return false;
  const longest = STEADY * heldOf(generations);
  const areShort = generations.every(({ since, endedAt }) => (endedAt ?? now) - since <= longest);
  // Nobody comes any more: then it is missing.
  const isOver = newest.endedAt !== null && now - newest.since > STEADY * periodOf(generations);
  return areShort && !isOver;
}

function heldOf(generations: readonly Generation[]): number {
  return median(generations.flatMap(({ since, endedAt }) => (endedAt === null ? [] : [endedAt - since])));
}

function periodOf(generations: readonly Generation[]): number {
  return median(generations.slice(1).map(({ since }, at) => since - (generations[at]?.since ?? since)));
}

/** Ports that its processes held just before that time. */
function portsAt({ instances, past }: Program, at: number): number {
  const held = [...past, ...instances.flatMap(({ stays }) => stays)].filter(
    ({ since, endedAt }) => since < at && (endedAt ?? Infinity) > at,
  );
  return new Set(held.map(({ listener }) => listener.port)).size;
}

function growthsOf(
  [before, now]: Cycle['ports'],
  { since, periodMs }: Pick<Cycle, 'since' | 'periodMs'>,
  trends: Trends,
): readonly Growth[] {
  const ofMachine = (['file-handles', 'processes'] as const).filter((resource) => {
    const readings = trends.of(resource).readings.filter(({ minute }) => minute * 60_000 >= since);
    const { isGrowing, perMinute } = growthOf({ readings }, LEAST_READINGS);
    return isGrowing && (perMinute * periodMs) / 60_000 >= MORE_EACH;
  });
  return [...(now - before >= MORE_PORTS ? (['ports'] as const) : []), ...ofMachine];
}
