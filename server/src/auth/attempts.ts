import type { Failure } from '../audit/failures.ts';
import { attackerOf } from '../net/addresses.ts';
import { Refusal } from '../refusal.ts';

/** Failures an address may have within the window. */
const MAX_FAILURES = 20;
const WINDOW_MS = 60_000;
/** Addresses remembered; beyond it the oldest are forgotten. */
const MAX_ADDRESSES = 10_000;

interface Failures {
  readonly since: number;
  readonly count: number;
  /** Those that failed in the window. */
  readonly kinds: readonly Failure['kind'][];
}

/** What is answered as long as the address is not limited. */
interface Failed {
  readonly kind: Failure['kind'];
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

interface AttemptsOptions {
  readonly now: () => number;
  /** Told of every failure. */
  readonly onFailure: (failure: Failure) => void;
}

/** Counts failed attempts by address, in bounded memory. */
export class Attempts {
  private readonly failures = new Map<string, Failures>();

  constructor(private readonly options: AttemptsOptions) {}

  /** Counts a failure and answers what to refuse it with. A valid token is never refused, so neighbours do no harm. */
  refusal(address: string, { kind, code, message, hint }: Failed): Refusal {
    const before = this.current(attackerOf(address));
    const { since, count } = this.fail(attackerOf(address), before, kind);
    const isFirst = !before.kinds.includes(kind);
    this.options.onFailure({ kind, address, isFirst, count, isLimited: count === MAX_FAILURES });
    if (count <= MAX_FAILURES) return new Refusal(401, code, message, { hint });
    return new Refusal(429, 'too-many-failures', `too many failed attempts from ${address}; ${message}`, {
      hint,
      retryAfterSeconds: Math.max(1, Math.ceil((since + WINDOW_MS - this.options.now()) / 1_000)),
    });
  }

  private current(attacker: string): Failures {
    const now = this.options.now();
    const known = this.failures.get(attacker);
    return known && known.since + WINDOW_MS > now ? known : { since: now, count: 0, kinds: [] };
  }

  private fail(attacker: string, { since, count, kinds }: Failures, kind: Failure['kind']): Failures {
    const failures = { since, count: count + 1, kinds: [...new Set([...kinds, kind])] };
    this.failures.delete(attacker);
    this.failures.set(attacker, failures);
    const [oldest] = this.failures.keys();
    if (this.failures.size > MAX_ADDRESSES && oldest !== undefined) this.failures.delete(oldest);
    return failures;
  }
}
