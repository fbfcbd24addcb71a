import type { TimelineSpan } from '@portlight/server/views';
import { toMs } from '../format/time.ts';
import { visibleText } from '../format/visible-text.ts';
import { position, type TimeScale } from './time-scale.ts';

/** One process on one port, from when to when. */
export interface Bar {
  readonly key: string;
  readonly pid: number | null;
  readonly program: string | null;
  readonly commandLine: string;
  readonly addresses: readonly string[];
  /** Process instance; null when the holder is unknown. */
  readonly instance: string | null;
  readonly processStartedMs: number | null;
  /** Null: open since before what is shown or kept. */
  readonly startMs: number | null;
  /** Null: still open. */
  readonly endMs: number | null;
  /** From here on it was left behind; null: it was in charge as long as it lasted. */
  readonly chargeUntilMs: number | null;
}

/** Where a bar lies, in percent of the width. */
export interface BarPlace {
  readonly left: number;
  readonly width: number;
  /** Percent of the bar's own width after which it was left behind; null: nowhere. */
  readonly leftBehindFrom: number | null;
  /** Where its pid and time stand; `pid-before` has room for the pid alone. */
  readonly label: 'before' | 'pid-before' | 'inside' | 'none';
}

/** Room a pid with its time needs, in percent of the width. */
const LABEL_ROOM = 18;
/** Room a pid needs. */
const PID_ROOM = 7;

/**
 * The bars of one port in order of start. Sockets of one process that overlap or touch (IPv4 and IPv6, several with
 * SO_REUSEPORT, a holder that joined) are one bar: it is the process that is followed here.
 */
export function barsOf(spans: readonly TimelineSpan[]): readonly Bar[] {
  const bars: Bar[] = [];
  for (const bar of spans.map(barOf).sort(byStart)) {
    const index = bars.findLastIndex((each) => each.instance === bar.instance && each.pid === bar.pid);
    const earlier = bars[index];
    if (earlier !== undefined && startOf(bar) <= endOf(earlier)) bars[index] = joined(earlier, bar);
    else bars.push(bar);
  }
  return bars;
}

/** Puts bars that overlap in time below each other: the level of each bar. */
export function levelsOf(bars: readonly Bar[]): readonly number[] {
  const ends: number[] = [];
  return bars.map((bar) => {
    const free = ends.findIndex((end) => end <= startOf(bar));
    const level = free < 0 ? ends.length : free;
    ends[level] = endOf(bar);
    return level;
  });
}

/** `knownFromMs` is where knowledge begins: an unknown start is drawn there; `knownToMs` likewise for what is open. */
export function placeOfBar(
  bar: Pick<Bar, 'startMs' | 'endMs' | 'chargeUntilMs'>,
  before: Bar | undefined,
  scale: TimeScale,
  knownFromMs: number,
  knownToMs: number,
): BarPlace {
  const left = position(scale, bar.startMs ?? knownFromMs);
  const right = position(scale, bar.endMs ?? knownToMs);
  const roomBefore = left - (before === undefined ? 0 : position(scale, before.endMs ?? knownToMs));
  const width = Math.max(0, right - left);
  const inCharge = bar.chargeUntilMs === null ? null : position(scale, bar.chargeUntilMs) - left;
  const leftBehindFrom = inCharge === null || width === 0 ? null : 100 * Math.min(1, Math.max(0, inCharge / width));
  return { left, width, leftBehindFrom, label: labelPlace(roomBefore, width, inCharge ?? width) };
}

/** Left of the bar where there is room, as the bar's colour then stays whole; on the hatch only where nothing else is left. */
function labelPlace(roomBefore: number, width: number, inCharge: number): BarPlace['label'] {
  if (roomBefore >= LABEL_ROOM) return 'before';
  if (inCharge < LABEL_ROOM && roomBefore >= PID_ROOM) return 'pid-before';
  return width >= LABEL_ROOM ? 'inside' : 'none';
}

function startOf(bar: Bar): number {
  return bar.startMs ?? -Infinity;
}

function byStart(a: Bar, b: Bar): number {
  return startOf(a) === startOf(b) ? 0 : startOf(a) - startOf(b);
}

export function endOf(bar: Bar): number {
  return bar.endMs ?? Infinity;
}

function barOf(span: TimelineSpan): Bar {
  return {
    key: `${span.instance ?? 'unknown'} ${span.inode} ${span.start ?? ''}`,
    pid: span.pid,
    program: span.program === null ? null : visibleText(span.program),
    commandLine: visibleText(span.commandLine.join(' ')),
    addresses: [visibleText(span.address)],
    instance: span.instance,
    processStartedMs: span.processStartedAt === null ? null : toMs(span.processStartedAt),
    startMs: span.start === null ? null : toMs(span.start),
    endMs: span.end === null ? null : toMs(span.end),
    chargeUntilMs: span.chargeUntil === null ? null : toMs(span.chargeUntil),
  };
}

function joined(a: Bar, b: Bar): Bar {
  const endMs = a.endMs === null || b.endMs === null ? null : Math.max(a.endMs, b.endMs);
  const until = [a.chargeUntilMs, b.chargeUntilMs].filter((ms) => ms !== null);
  const chargeUntilMs = until.length === 0 ? null : Math.min(...until);
  return { ...a, endMs, chargeUntilMs, addresses: [...new Set([...a.addresses, ...b.addresses])] };
}
