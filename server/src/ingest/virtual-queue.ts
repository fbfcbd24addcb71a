/** Nobody is told to come again sooner or later than this. */
const LEAST_MS = 1_000;
const MOST_MS = 120_000;
/** Weight of the newest interval between two that were served: one commit serves hundreds at once, then none for a while. */
const WEIGHT = 1 / 1_024;
/** Before anyone had to wait. */
const FIRST_INTERVAL_MS = 0.5;
/** So long after the last one was sent away the pace of those served is that of their coming, not ours. */
const PRESSED_MS = 1_000;

/**
 * When those who found no room may come again: each is given the next free moment at the pace at which others are served, so
 * that they come spread out, in order, and later the more of them there are.
 */
export class VirtualQueue {
  private intervalMs = FIRST_INTERVAL_MS;
  private servedAt = -Infinity;
  private sentAwayAt = -Infinity;
  /** The moment that was given last. */
  private givenAt = -Infinity;

  /** `now` in milliseconds of a clock that never goes back. */
  constructor(private readonly now: () => number) {}

  /** One was served. */
  served(): void {
    const at = this.now();
    const isPressed = at - this.sentAwayAt < PRESSED_MS && at - this.servedAt < PRESSED_MS;
    if (isPressed) this.intervalMs += (at - this.servedAt - this.intervalMs) * WEIGHT;
    this.servedAt = at;
  }

  /** Gives away the next free moment; whole seconds from now. */
  secondsToWait(): number {
    const at = this.now();
    this.sentAwayAt = at;
    this.givenAt = Math.min(Math.max(this.givenAt, at + LEAST_MS) + this.intervalMs, at + MOST_MS);
    return Math.ceil((this.givenAt - at) / 1_000);
  }
}
