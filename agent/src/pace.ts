/** How often the agent looks: as asked, and less often where looking costs the machine too much. */

/** CPU the agent used until a moment, in milliseconds of one core; both only grow. */
export interface Spent {
  /** Monotonic, in milliseconds. */
  readonly atMs: number;
  /** All of it, with serving and pushing. */
  readonly allMs: number;
  /** What the looks took of it. */
  readonly looksMs: number;
}

/** Parts of one core over some time: 0.01 is 1 %. */
export interface Shares {
  readonly all: number;
  readonly looks: number;
}

/** A pace that costs more is slowed. */
const TOO_MUCH = 0.01;
/** Slowing stops where the looks are no longer most of the cost: readers of the local endpoint shall not blind the agent. */
const LOOKS_TOO_MUCH = TOO_MUCH / 2;
/** A faster pace must fit with this much room, or it would be slowed again. */
const ROOM = 0.8;
/** No pace is slower than this, unless it was asked for. */
const SLOWEST_MS = 10_000;

/** By how many doublings the pace is slowed from now on: one more, one less or the same. Pure. */
export function slowedBy(steps: number, askedMs: number, { all, looks }: Shares): number {
  const now = paceOf(askedMs, steps);
  if (all > TOO_MUCH && looks > LOOKS_TOO_MUCH) return paceOf(askedMs, steps + 1) > now ? steps + 1 : steps;
  if (steps === 0) return 0;
  const looksThen = looks * (now / paceOf(askedMs, steps - 1));
  const allThen = all - looks + looksThen;
  return allThen <= TOO_MUCH * ROOM || looksThen <= LOOKS_TOO_MUCH * ROOM ? steps - 1 : steps;
}

/** Milliseconds from look to look after so many doublings. */
export function paceOf(askedMs: number, steps: number): number {
  return Math.min(askedMs * 2 ** steps, Math.max(askedMs, SLOWEST_MS));
}

export interface PaceOptions {
  /** `--scan-every`: never faster. */
  readonly askedMs: number;
  /** Judged over this time, and not before the agent has run as long: its start costs more than its life. */
  readonly windowMs?: number;
}

const MINUTE_MS = 60_000;

/** The pace over time. */
export class Pace {
  readonly #askedMs: number;
  readonly #windowMs: number;
  #steps = 0;
  #startedMs: number | null = null;
  /** Begin of the time that is judged next; null while the agent starts. */
  #since: Spent | null = null;
  /** What made it slow; null at the asked pace. */
  #reason: number | null = null;

  constructor({ askedMs, windowMs = MINUTE_MS }: PaceOptions) {
    this.#askedMs = askedMs;
    this.#windowMs = windowMs;
  }

  /** Milliseconds from look to look, now. */
  get everyMs(): number {
    return paceOf(this.#askedMs, this.#steps);
  }

  /** A sentence for `coverage.notes`; null at the asked pace. */
  get note(): string | null {
    if (this.#reason === null) return null;
    const percent = (this.#reason * 100).toFixed(1);
    return `Scans run each ${seconds(this.everyMs)} instead of ${seconds(this.#askedMs)}: the agent took ${percent} % of a core. What opens and closes between two scans is not seen.`;
  }

  /** Called after each look; true when the pace is another from now on. */
  spent(now: Spent): boolean {
    this.#startedMs ??= now.atMs;
    if (now.atMs - this.#startedMs < this.#windowMs) return false;
    this.#since ??= now;
    const elapsedMs = now.atMs - this.#since.atMs;
    if (elapsedMs < this.#windowMs) return false;
    const all = (now.allMs - this.#since.allMs) / elapsedMs;
    const looks = (now.looksMs - this.#since.looksMs) / elapsedMs;
    this.#since = now;
    return this.#become(slowedBy(this.#steps, this.#askedMs, { all, looks }), all);
  }

  #become(steps: number, all: number): boolean {
    if (steps === this.#steps) return false;
    // On the way back, what once slowed it stays the reason.
    if (steps > this.#steps) this.#reason = all;
    if (steps === 0) this.#reason = null;
    this.#steps = steps;
    return true;
  }
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}
