import type { Holder, Listener } from '@portlight/server/views';
import { duration } from '../format/duration.ts';
import { toMs } from '../format/time.ts';

/** How long a port has been open, as far as it is known. */
export interface Age {
  readonly text: string;
  /** What the text rests on, where it is less than certain. */
  readonly why: string | null;
}

/** Opened before the agent came, a socket is at most as old as the oldest process that holds it. */
export function ageOf({ openedAt, holders }: Pick<Listener, 'openedAt' | 'holders'>, now: number): Age {
  if (openedAt !== null) return { text: duration(now - toMs(openedAt)), why: null };
  const started = oldestStart(holders);
  if (started === null) return { text: 'unknown', why: 'Open since before the agent started.' };
  return {
    text: `≤ ${duration(now - started)}`,
    why: 'Open since before the agent started: at most as old as its process.',
  };
}

function oldestStart(holders: readonly Pick<Holder, 'startedAt'>[]): number | null {
  const starts = holders.flatMap(({ startedAt }) => (startedAt === null ? [] : [toMs(startedAt)]));
  return starts.length === 0 ? null : Math.min(...starts);
}
