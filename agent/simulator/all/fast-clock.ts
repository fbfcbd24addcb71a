/**
 * Loaded before the agent (`--import`): the clock of its process runs faster, from the moment and at the speed that the
 * environment says. All else is real: what it looks at, its timers, and the times at which processes started, which are
 * therefore longer ago on this clock than they were: who counts from a start, and not from what was seen, is early.
 */
const { CLOCK_SINCE_MS, CLOCK_SPEED } = process.env;
const RealDate = Date;
const sinceMs = Number(CLOCK_SINCE_MS);
const speed = Number(CLOCK_SPEED);

function nowMs(): number {
  return Math.round(sinceMs + (RealDate.now() - sinceMs) * speed);
}

globalThis.Date = class extends RealDate {
  constructor(...time: readonly [] | ConstructorParameters<typeof RealDate>) {
    if (time.length === 0) super(nowMs());
    else super(...time);
  }

  static override now(): number {
    return nowMs();
  }
} as DateConstructor;
