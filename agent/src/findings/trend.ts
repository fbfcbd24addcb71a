/** How one number moves: its medians of the last hour, minute by minute, and the line through them. */
import { median } from './median.ts';

/** What was used in the middle of a minute's looks. */
export interface Reading {
  /** Whole minutes since 1970. */
  readonly minute: number;
  readonly used: number;
}

/** The straight line nearest to readings (least squares). */
export interface Slope {
  readonly perMinute: number;
  /** R²: the share of its ups and downs that the line explains, 0 to 1; 0 where there are none. */
  readonly fit: number;
  /** It goes up, as a line does, and was watched for long enough. */
  readonly isGrowing: boolean;
}

const KEPT_MINUTES = 60;
/** A forecast rests on half an hour. */
const LEAST_READINGS = 30;
const LEAST_FIT = 0.8;
const FLAT: Slope = { perMinute: 0, fit: 0, isGrowing: false };

/** @param least so many readings tell whether it grows */
export function growthOf({ readings }: Pick<Trend, 'readings'>, least = LEAST_READINGS): Slope {
  const count = readings.length;
  if (count < 2) return FLAT;
  const [first] = readings;
  const origin = first?.minute ?? 0;
  const middle = readings.reduce((sum, { minute }) => sum + minute - origin, 0) / count;
  const mean = readings.reduce((sum, { used }) => sum + used, 0) / count;
  let [spread, variance, common] = [0, 0, 0];
  for (const { minute, used } of readings) {
    const [x, y] = [minute - origin - middle, used - mean];
    spread += x * x;
    variance += y * y;
    common += x * y;
  }
  if (spread === 0 || variance === 0) return FLAT;
  const perMinute = common / spread;
  const fit = (common * common) / (spread * variance);
  return { perMinute, fit, isGrowing: count >= least && perMinute > 0 && fit >= LEAST_FIT };
}

/** Looks come in bursts while something changes: so many of a minute tell enough. */
const MOST_VALUES = 60;

/** Of one resource. Changed in place: it is fed with each look. */
export class Trend {
  #minute = -Infinity;
  #values: number[] = [];
  #readings: readonly Reading[] = [];
  #rise: readonly Reading[] = [];
  #slope = FLAT;

  /** Of minutes that are over, the oldest first; at most {@link KEPT_MINUTES}. */
  get readings(): readonly Reading[] {
    return this.#readings;
  }

  /** The readings without a flat beginning: before it went up they tell nothing of how it does. */
  get rise(): readonly Reading[] {
    return this.#rise;
  }

  /** Minute of the last reading before it went up. */
  get rises(): number {
    return this.#readings[beginningOf(this.#readings)]?.minute ?? this.#minute;
  }

  /** {@link growthOf} its rise. */
  get slope(): Slope {
    return this.#slope;
  }

  /** One more look. Returns the reading of the minute that it ended, if it did. */
  note(minute: number, used: number): Reading | null {
    if (minute === this.#minute) {
      if (this.#values.length < MOST_VALUES) this.#values.push(used);
      return null;
    }
    const ended = this.#values.length === 0 ? null : { minute: this.#minute, used: Math.round(median(this.#values)) };
    this.#minute = minute;
    this.#values = [used];
    if (ended !== null) this.#keep(ended, minute);
    return ended;
  }

  /** After a step of the clock, what was read before it says nothing of how fast things go. */
  #keep(ended: Reading, now: number): void {
    const known = this.#readings.filter(({ minute }) => minute < ended.minute);
    this.#readings = [...known, ended].filter(({ minute }) => minute < now && minute >= now - KEPT_MINUTES);
    this.#rise = riseOf(this.#readings);
    this.#slope = growthOf({ readings: this.#rise });
  }
}

/** Of all ups and downs this share is none. */
const FLAT_SHARE = 0.02;

/** Half an hour is left of it in any case. */
function riseOf(readings: readonly Reading[]): readonly Reading[] {
  return readings.slice(Math.min(beginningOf(readings), Math.max(0, readings.length - LEAST_READINGS)));
}

/** Index of the last reading of a flat beginning. */
function beginningOf(readings: readonly Reading[]): number {
  const values = readings.map(({ used }) => used);
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const flat = lowest + (highest - lowest) * FLAT_SHARE;
  return Math.max(0, values.findIndex((used) => used > flat) - 1);
}
