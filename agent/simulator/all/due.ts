/** When something was due, and whether it came then. Pure. */
import type { Moment } from '../journal.ts';
import type { MomentRef } from '../scenario.ts';

export interface Due {
  /** What the rule itself waits, on the agent's clock. */
  readonly afterMs: number;
  /** What Portlight may take then, on a real clock. */
  readonly withinMs: number;
  /** Of the agent's clock. */
  readonly speed: number;
  /** Before the rule has waited, it can know of nothing. */
  readonly isEarlyWrong: boolean;
}

/** A rule counts from what it saw, and the moment may be told a little after that. */
const EARLY_MS = 1_000;

/** @param seconds from the moment to the answer, on the agent's clock */
export function punctuality(
  what: string,
  seconds: number,
  { afterMs, withinMs, speed, isEarlyWrong }: Due,
): { readonly lateSeconds: number; readonly faults: readonly string[] } {
  const lateMs = (seconds * 1000 - afterMs) / speed;
  const isWrong = lateMs > withinMs || (isEarlyWrong && lateMs < -EARLY_MS);
  const waits = afterMs === 0 ? '' : `${afterMs / 1000} s and `;
  const due = `${waits}at most ${withinMs / 1000} s${speed === 1 ? '' : ' of real time'}`;
  return {
    lateSeconds: Math.max(0, lateMs / 1000),
    faults: isWrong ? [`${what} after ${seconds.toFixed(1)} s instead of ${due}`] : [],
  };
}

/** Undefined while it has not come. */
export function find(moments: readonly Moment[], { event, server, which = 1 }: MomentRef): Moment | undefined {
  const all = moments.filter((moment) => moment.event === event && moment.server === server);
  return which === 'last' ? all.at(-1) : all[which - 1];
}
