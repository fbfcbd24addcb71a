import { Refusal } from '../refusal.ts';

/** What `?from=&to=` may say. */
export interface RangeAsked {
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Milliseconds since 1970, both ends included. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** RFC 3339 or relative to now, as `-45m`; without an end, until now. */
export function parseTimeRange({ from, to }: RangeAsked, now: number, defaultFrom: string): TimeRange {
  const range = { from: parseTime('from', from ?? defaultFrom, now), to: parseTime('to', to ?? '-0s', now) };
  if (range.from <= range.to) return range;
  throw new Refusal(400, 'bad-time', 'from: expected a time before to');
}

function parseTime(name: string, text: unknown, now: number): number {
  const time = typeof text === 'string' ? (relative(text, now) ?? absolute(text)) : null;
  if (time !== null) return time;
  throw new Refusal(
    400,
    'bad-time',
    `${name}: expected a time as 2026-11-23T15:17:05Z, or -45m, -6h, -7d before now, got ${JSON.stringify(text).slice(0, 100)}`,
    { hint: 'a + in an address stands for a blank: write %2B' },
  );
}

function relative(text: string, now: number): number | null {
  const [, digits = '', unit = ''] = /^-(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  return unitMs === undefined ? null : now - Number(digits) * unitMs;
}

function absolute(text: string): number | null {
  const time = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
