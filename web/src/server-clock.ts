/** Two readings further apart than this are a step of the server's clock, not a slow answer. */
const STEP_MS = 2000;

/**
 * The server's time, carried on by a counter that only goes forward: the browser's own clock, which may be hours off, is
 * never read. An answer is as old as its way, so of two readings the one that is further ahead is the better one.
 */
export class ServerClock {
  readonly #counterMs: () => number;
  #aheadMs: number | null = null;

  constructor(counterMs: () => number) {
    this.#counterMs = counterMs;
  }

  /** Takes the `serverNow` of an answer that has just arrived. */
  read(serverNowMs: number): void {
    const aheadMs = serverNowMs - this.#counterMs();
    const isWorse = this.#aheadMs !== null && aheadMs < this.#aheadMs && this.#aheadMs - aheadMs < STEP_MS;
    if (!isWorse) this.#aheadMs = aheadMs;
  }

  /** Null before the first answer. */
  now(): number | null {
    return this.#aheadMs === null ? null : this.#counterMs() + this.#aheadMs;
  }
}
