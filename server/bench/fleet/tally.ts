/** Counts what was pushed and how long the answers took. */

export const KINDS = ['enroll', 'full', 'change', 'alive'] as const;
export type Kind = (typeof KINDS)[number];

/** Tenths of a millisecond up to ten seconds. */
const BUCKETS = 100_000;
const BUCKETS_PER_MS = 10;

export class Latencies {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    const bucket = Math.min(BUCKETS - 1, Math.floor(ms * BUCKETS_PER_MS));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    if (ms > this.#max) this.#max = ms;
  }

  /** Milliseconds that this share of them did not exceed; null without any. */
  quantile(part: number): number | null {
    if (this.#count === 0) return null;
    let left = Math.ceil(part * this.#count);
    for (let bucket = 0; bucket < BUCKETS - 1; bucket += 1) {
      left -= this.#counts[bucket] ?? 0;
      if (left <= 0) return Math.min(this.#roundMax, (bucket + 1) / BUCKETS_PER_MS);
    }
    return this.#roundMax;
  }

  get summary(): LatencySummary {
    const maxMs = this.#count === 0 ? null : this.#roundMax;
    return { count: this.#count, p50Ms: this.quantile(0.5), p99Ms: this.quantile(0.99), maxMs };
  }

  get #roundMax(): number {
    return Math.round(this.#max * BUCKETS_PER_MS) / BUCKETS_PER_MS;
  }
}

/** Times are null without any. */
export interface LatencySummary {
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

export interface TallySummary {
  readonly seconds: number;
  readonly pushes: number;
  readonly perSecond: number;
  /** Answered with 2xx; times from when the push was due. */
  readonly byKind: Readonly<Partial<Record<Kind, LatencySummary>>>;
  readonly needFull: number;
  /** 429 and 503: to come again later, as the protocol has it. */
  readonly putOff: number;
  /** How often each thing went wrong. */
  readonly errors: Readonly<Record<string, number>>;
  readonly eventsAcknowledged: number;
  /** How late the fleet itself was in sending. */
  readonly behind: LatencySummary;
}

export class Tally {
  needFull = 0;
  putOff = 0;
  eventsAcknowledged = 0;
  readonly behind = new Latencies();
  readonly #begunAt = performance.now();
  readonly #byKind = new Map<Kind, Latencies>();
  readonly #errors = new Map<string, number>();

  accepted(kind: Kind, ms: number): void {
    const latencies = this.#byKind.get(kind) ?? new Latencies();
    this.#byKind.set(kind, latencies);
    latencies.add(ms);
  }

  failed(reason: string): void {
    this.#errors.set(reason, (this.#errors.get(reason) ?? 0) + 1);
  }

  get pushes(): number {
    return [...this.#byKind.values()].reduce((sum, { count }) => sum + count, 0);
  }

  get errorCount(): number {
    return [...this.#errors.values()].reduce((sum, count) => sum + count, 0);
  }

  p99Of(kind: Kind): number | null {
    return this.#byKind.get(kind)?.quantile(0.99) ?? null;
  }

  get summary(): TallySummary {
    const seconds = (performance.now() - this.#begunAt) / 1_000;
    const byKind = Object.fromEntries([...this.#byKind].map(([kind, latencies]) => [kind, latencies.summary]));
    return {
      seconds: Math.round(seconds * 10) / 10,
      pushes: this.pushes,
      perSecond: Math.round(this.pushes / seconds),
      byKind,
      needFull: this.needFull,
      putOff: this.putOff,
      errors: Object.fromEntries(this.#errors),
      eventsAcknowledged: this.eventsAcknowledged,
      behind: this.behind.summary,
    };
  }
}
