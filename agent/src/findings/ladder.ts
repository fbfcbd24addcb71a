import { type Listener } from '../contract.ts';
import { holderKey } from '../scan/fingerprint.ts';
import { sameSide } from './bound.ts';
import { type HomeFacts } from './homes.ts';
import { isBatch, newestOf, hasPredecessor, type Instance, type Program } from './programs.ts';
import { KEPT_MS, type Stay } from './stays.ts';
import { isTold } from './told-place.ts';

/** A port that a process of the program took, the one it has or had. */
export interface Rung {
  /** Names the process. */
  readonly key: string;
  readonly stay: Stay;
  readonly startedAt: number;
}

/** Process after process on port after port. */
export interface Ladder {
  /** Upwards; the first is the home. */
  readonly rungs: readonly Rung[];
  readonly newest: Instance;
  /** The starter told each process its port. */
  readonly isTold: boolean;
}

const NO_STEP: ReadonlySet<number> = new Set();
const LEAST_RUNGS = 3;
const LONGEST_STEP = 10;
/** Beyond so many numbers held by others nobody looks for a free one. */
const FARTHEST = 100;

/** The ladder whose top is the process in charge. */
export function ladderOf(program: Program, facts: HomeFacts, now: number): Ladder | null {
  const newest = newestOf(program);
  if (newest === null || program.instances.length + program.past.length < LEAST_RUNGS) return null;
  const rungs = climbTo(newest, program, facts);
  if (rungs.length < LEAST_RUNGS) return null;
  const areTold = rungs.every(({ stay }) => isToldStay(stay));
  const recent = rungs.filter(({ startedAt }) => now - startedAt <= KEPT_MS).length;
  const lasting = rungs.filter(({ stay }) => stay.endedAt === null).length;
  // One long-lived process below two new ones is a climb; told ones that stand for long are services side by side.
  const isRecent = recent >= (areTold ? LEAST_RUNGS : LEAST_RUNGS - 1);
  const isClimbing = areTold ? lasting >= LEAST_RUNGS : rungs.slice(-1).every(({ stay }) => !isToldStay(stay));
  const isOneBatch = isBatch(rungs.map(({ startedAt }) => startedAt));
  return isRecent && isClimbing && !isOneBatch ? { rungs, newest, isTold: areTold } : null;
}

/** One for each process, oldest first: ports opened by one process together are one rung. */
function rungsOf({ instances, past }: Program): readonly Rung[] {
  const lasting = instances.flatMap(({ key, startedAt, stays }) =>
    rungOf(stays).map((stay) => ({ key, startedAt, stay })),
  );
  const alive = new Set(lasting.map(({ key }) => key));
  const gone = [...Map.groupBy(past, ({ holder }) => holderKey(holder))]
    .filter(([key]) => !alive.has(key))
    .flatMap(([key, stays]) =>
      rungOf(stays.toSorted((a, b) => a.listener.port - b.listener.port)).map((stay) => ({
        key,
        startedAt: stay.startedAt,
        stay,
      })),
    );
  return [...gone, ...lasting].toSorted((a, b) => a.startedAt - b.startedAt || a.stay.holder.pid - b.stay.holder.pid);
}

/** The lowest port of its own choice, or the lowest it was told. */
function rungOf(stays: readonly Stay[]): readonly Stay[] {
  const own = stays.find((stay) => !isToldStay(stay)) ?? stays[0];
  return own === undefined ? [] : [own];
}

function isToldStay({ holder, listener }: Stay): boolean {
  return isTold(holder, listener.port);
}

/** Down from the process in charge, as long as each one before it is a step lower. */
function climbTo(newest: Instance, program: Program, facts: HomeFacts): readonly Rung[] {
  const rungs = rungsOf(program);
  const top = rungs.findIndex(({ key }) => key === newest.key);
  let climb = rungs.slice(top, top + 1);
  let steps: ReadonlySet<number> | null = null;
  for (const rung of rungs.slice(0, Math.max(0, top)).toReversed()) {
    const [lowest] = climb;
    // The port above was taken again, by a process that is gone: the same rung.
    if (lowest === undefined || rung.stay.listener.port === lowest.stay.listener.port) continue;
    const possible: ReadonlySet<number> = stepsBetween(rung.stay.listener, lowest.stay.listener, program, facts);
    const common = new Set([...possible].filter((step) => steps?.has(step) ?? true));
    if (common.size === 0) break;
    climb = [rung, ...climb];
    steps = common;
  }
  return climb.filter(({ stay }, at) => at === 0 || !hasPredecessor(program, stay, climb[0]?.startedAt ?? 0));
}

/** Who looks for a free port skips those that others hold: the step with them, and without. Empty: not a step up. */
function stepsBetween(lower: Listener, upper: Listener, program: Program, facts: HomeFacts): ReadonlySet<number> {
  const distance = upper.port - lower.port;
  if (distance <= 0 || distance > FARTHEST || !sameSide(lower, upper)) return NO_STEP;
  const steps = [distance, freeBetween(lower.port, upper.port, program, facts)];
  return new Set(steps.filter((step) => step <= LONGEST_STEP));
}

/** Ports above `lower` up to `upper` that no other program holds; counted until they are too many for a step. */
function freeBetween(lower: number, upper: number, { programKey }: Program, { byPort }: HomeFacts): number {
  const isOthers = ({ protocol, holders }: Listener) =>
    protocol === 'tcp' && holders.every((holder) => holder.programKey !== programKey);
  let free = 1;
  for (let port = lower + 1; port < upper && free <= LONGEST_STEP; port++)
    free += byPort.get(port)?.some(isOthers) ? 0 : 1;
  return free;
}
