/** How often something took how long. */
export interface Histogram {
  /** Ascending; each counts what took `le` seconds or less. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
  readonly count: number;
  /** Seconds altogether. */
  readonly sum: number;
}

/** Counts durations into fixed buckets. */
export class DurationHistogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #count = 0;
  #sum = 0;

  /** @param bounds in seconds, ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  add(seconds: number): void {
    this.#count += 1;
    this.#sum += seconds;
    this.#bounds.forEach((le, index) => {
      if (seconds <= le) this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    });
  }

  get value(): Histogram {
    const buckets = this.#bounds.map((le, index) => ({ le, count: this.#counts[index] ?? 0 }));
    return { buckets, count: this.#count, sum: this.#sum };
  }
}
