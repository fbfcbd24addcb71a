import { type UnnumberedEvent } from '../scan/changes.ts';
import { paceText } from '../findings/words.ts';

export interface MissedLooksOptions {
  /** A clock that nobody sets, in milliseconds. */
  readonly steadyMs: () => number;
  /** Pace of the looks as it is now. */
  readonly scanEveryMs: () => number;
}

/** A look that comes later than this after the one before: the machine was suspended, the agent stopped, or overloaded. */
const PERIODS = 3;
const GRACE_MS = 2_000;

/** To be asked at the beginning of each look: a `gap` when nobody looked for too long, else null. */
export function createMissedLooks({ steadyMs, scanEveryMs }: MissedLooksOptions): (at: Date) => UnnumberedEvent | null {
  let lookedAt: number | null = null;
  return (at) => {
    const now = steadyMs();
    const elapsedMs = lookedAt === null ? 0 : now - lookedAt;
    lookedAt = now;
    return elapsedMs > PERIODS * scanEveryMs() + GRACE_MS ? gapEvent(at, elapsedMs) : null;
  };
}

/** Its beginning is told by the clock as it is at its end: that one may have been set meanwhile. */
function gapEvent(at: Date, elapsedMs: number): UnnumberedEvent {
  const from = new Date(at.getTime() - elapsedMs).toISOString();
  const to = at.toISOString();
  return {
    at: to,
    kind: 'gap',
    protocol: 'tcp',
    address: '',
    port: 0,
    networkNamespace: '',
    inode: '',
    holders: [],
    detail: `nobody looked from ${from} to ${to} (${paceText(elapsedMs / 1000)}); what opened and closed in between is not known`,
    from,
  };
}
