import { type UnnumberedEvent } from '../scan/changes.ts';
import { paceText } from '../findings/words.ts';
import { type Instant } from '../contract.ts';
import { gapAt } from './gap.ts';

export interface MissedLooksOptions {
  /** A clock that nobody sets, in milliseconds. */
  readonly steadyMs: () => number;
  /** Pace of the looks as it is now. */
  readonly scanEveryMs: () => number;
  /** When the start before this one looked last; left out or null: not known. */
  readonly lookedUntil?: Instant | null;
}

/** A look that comes later than this after the one before: the machine was suspended, the agent stopped, or overloaded. */
const PERIODS = 3;
const GRACE_MS = 2_000;

/**
 * To be asked at the beginning of each look: a `gap` when nobody looked for too long, else null. Between two starts of the
 * agent nobody looked, however short that was.
 */
export function createMissedLooks(options: MissedLooksOptions): (at: Date) => UnnumberedEvent | null {
  const { steadyMs, scanEveryMs, lookedUntil = null } = options;
  let lookedAt: number | null = null;
  return (at) => {
    const now = steadyMs();
    const before = lookedAt;
    lookedAt = now;
    if (before === null) return lookedUntil === null ? null : gapEvent(at, at.getTime() - Date.parse(lookedUntil));
    const elapsedMs = now - before;
    return elapsedMs > PERIODS * scanEveryMs() + GRACE_MS ? gapEvent(at, elapsedMs) : null;
  };
}

/** Its beginning is told by the clock as it is at its end: that one may have been set meanwhile. */
function gapEvent(at: Date, elapsedMs: number): UnnumberedEvent {
  const from = new Date(at.getTime() - elapsedMs).toISOString();
  const to = at.toISOString();
  const detail = `nobody looked from ${from} to ${to} (${paceText(elapsedMs / 1000)}); what opened and closed in between is not known`;
  return { ...gapAt(to, detail), from };
}
