import { Refusal } from '../refusal.ts';

/** Failures an address may have within the window. */
const MAX_FAILURES = 20;
const WINDOW_MS = 60_000;
/** Addresses remembered; beyond it the oldest are forgotten. */
const MAX_ADDRESSES = 10_000;

interface Failures {
  readonly since: number;
  readonly count: number;
}

/** Counts failed attempts by address, in bounded memory. */
export class Attempts {
  private readonly failures = new Map<string, Failures>();

  constructor(private readonly now: () => number) {}

  private waitSeconds(address: string): number {
    const known = this.failures.get(address);
    if (!known || known.count < MAX_FAILURES) return 0;
    return Math.max(0, Math.ceil((known.since + WINDOW_MS - this.now()) / 1_000));
  }

  /** Counts a failure and answers what to refuse it with. A valid token is never refused, so neighbours do no harm. */
  refusal(address: string, code: string, message: string, hint: string): Refusal {
    const retryAfterSeconds = this.waitSeconds(address);
    this.fail(address);
    if (retryAfterSeconds === 0) return new Refusal(401, code, message, { hint });
    return new Refusal(429, 'too-many-failures', `too many failed attempts from ${address}; ${message}`, {
      hint,
      retryAfterSeconds,
    });
  }

  private fail(address: string): void {
    const known = this.failures.get(address);
    const isCurrent = known !== undefined && known.since + WINDOW_MS > this.now();
    this.failures.delete(address);
    this.failures.set(address, isCurrent ? { ...known, count: known.count + 1 } : { since: this.now(), count: 1 });
    const [oldest] = this.failures.keys();
    if (this.failures.size > MAX_ADDRESSES && oldest !== undefined) this.failures.delete(oldest);
  }
}
