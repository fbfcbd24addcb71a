import { position, type TimeScale } from './time-scale.ts';

/** Where the next rung of a ladder is drawn, in percent of the width. */
interface NextPlace {
  readonly left: number;
  /** Its text ends here, before the line of now. */
  readonly textEnd: number;
}

/** So that a box can still be seen where its time is beyond what is drawn. */
const LEAST_WIDTH = 3;

/** Null where now is not on the scale: nothing is expected of the past. */
export function nextPlace(atMs: number | null, nowMs: number, scale: TimeScale): NextPlace | null {
  if (nowMs > scale.toMs) return null;
  const now = position(scale, nowMs);
  const left = Math.min(100 - LEAST_WIDTH, position(scale, Math.max(atMs ?? nowMs, nowMs)));
  return { left: Math.max(now, left), textEnd: now };
}

/** `next at about 03:15`; what is due says so. */
export function nextSentence(atMs: number | null, nowMs: number, say: (ms: number) => string): string {
  if (atMs === null) return 'next';
  return atMs <= nowMs ? 'next is due' : `next at about ${say(atMs)}`;
}
