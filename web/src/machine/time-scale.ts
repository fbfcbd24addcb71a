import { clockTime, dayMonth, hourMinute, toMs, zoneOffsetMs, type Zone } from '../format/time.ts';
import type { Range, RangeLength } from '../route.ts';

/** The stretch of time drawn from left to right. */
export interface TimeScale {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
  /** Also shown where there is little room. */
  readonly isMajor: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LENGTHS: Readonly<Record<RangeLength, number>> = {
  '15m': 15 * MINUTE,
  '45m': 45 * MINUTE,
  '6h': 6 * HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
};
/** Room right of now, so that its line and label stand free. */
const AFTER_NOW = 0.03;
/** With something expected to come, room to draw it. */
const AFTER_NOW_EXPECTING = 0.12;
/** A machine known for a moment only still gets a scale on which a bar can be seen. */
const SHORTEST = MINUTE;
const STEPS = [1 / 6, 1 / 4, 1 / 2, 1, 2, 5, 10, 15, 30, 60, 180, 360, 720, 1440, 2880, 10_080].map(
  (minutes) => minutes * MINUTE,
);
const MOST_TICKS = 10;
/** A tick nearer to now than this, in percent of the width, would run into its label; where there is little room, than that. */
const NOW_ROOM = 7;
const NARROW_NOW_ROOM = 18;
/** The label of a moment to come that is further right than this, in percent, would stand over the edge. */
const LAST_LABEL = 97;

/** The last so many minutes begin no earlier than what is known: an empty stretch would only make the rest small. */
export function scaleOf(range: Range, nowMs: number, keptSinceMs: number, isExpecting = false): TimeScale {
  if (range.kind === 'between') return { fromMs: toMs(range.from), toMs: toMs(range.to) };
  const known = Math.max(SHORTEST, nowMs - keptSinceMs);
  const length = Math.min(LENGTHS[range.length], known);
  return { fromMs: nowMs - length, toMs: nowMs + length * (isExpecting ? AFTER_NOW_EXPECTING : AFTER_NOW) };
}

/** Position in percent of the width, kept within it. */
export function position({ fromMs, toMs: end }: TimeScale, ms: number): number {
  return Math.min(100, Math.max(0, ((ms - fromMs) / (end - fromMs)) * 100));
}

/** Round times of the reader's zone, at most ten, none under the label of now. */
export function ticksOf(scale: TimeScale, nowMs: number, zone: Zone): readonly Tick[] {
  const length = scale.toMs - scale.fromMs;
  const step = STEPS.find((each) => length / each <= MOST_TICKS) ?? Math.ceil(length / MOST_TICKS / DAY) * DAY;
  const shift = zoneOffsetMs(scale.fromMs, zone);
  const first = Math.ceil((scale.fromMs + shift) / step);
  const last = Math.floor((scale.toMs + shift) / step);
  const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return numbers
    .map((number) => tickAt(scale, number * step - shift, step, number % 3 === 0, zone))
    .filter(({ at }) => at <= Math.max(LAST_LABEL, nowPosition(scale, nowMs)))
    .flatMap((tick) => besideNow(tick, Math.abs(tick.at - nowPosition(scale, nowMs))));
}

function besideNow(tick: Tick, distance: number): readonly Tick[] {
  if (distance <= NOW_ROOM) return [];
  return [distance <= NARROW_NOW_ROOM ? { ...tick, isMajor: false } : tick];
}

/** Beyond the scale where now is not on it. */
function nowPosition(scale: TimeScale, nowMs: number): number {
  return nowMs > scale.toMs ? 1000 : position(scale, nowMs);
}

function tickAt(scale: TimeScale, ms: number, step: number, isMajor: boolean, zone: Zone): Tick {
  const isMidnight = (ms + zoneOffsetMs(ms, zone)) % DAY === 0;
  return { at: position(scale, ms), label: isMidnight ? dayMonth(ms, zone) : timeLabel(ms, step, zone), isMajor };
}

function timeLabel(ms: number, step: number, zone: Zone): string {
  if (step >= DAY) return dayMonth(ms, zone);
  return step < MINUTE ? clockTime(ms, zone) : hourMinute(ms, zone);
}
