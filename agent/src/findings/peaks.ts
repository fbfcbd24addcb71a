/** The most that was used in each hour of the last two days: what was reached yesterday is no news today. */
import { type Resource } from '../contract.ts';
import { type Reading } from './trend.ts';

/** The most of each hour, as it is kept. */
export interface PeakRecord {
  readonly resource: Resource;
  /** Whose descriptors; null for the machine's resources. */
  readonly programKey: string | null;
  /** By hour in UTC: `2026-11-23T02`. */
  readonly hours: Readonly<Record<string, number>>;
}

export type PeakName = Pick<PeakRecord, 'resource' | 'programKey'>;

const KEPT_HOURS = 48;
/** Programs come and go, with names of their own choice: those seen last are kept. */
const MOST_RECORDS = 1_000;
const DAY_HOURS = 24;
const HOUR_MS = 3_600_000;

const hourOf = (minute: number) => Math.floor(minute / 60);
const hourText = (hour: number) => new Date(hour * HOUR_MS).toISOString().slice(0, 13);
const peakKey = ({ resource, programKey }: PeakName) => `${resource} ${programKey ?? ''}`;

interface Peak extends PeakName {
  /** By hours since 1970, ascending. */
  readonly hours: Map<number, number>;
}

/** Changed in place: it is fed each minute. */
export class Peaks {
  /** Those raised last come last. */
  readonly #peaks = new Map<string, Peak>();

  constructor(records: readonly PeakRecord[]) {
    for (const { hours, ...name } of records.slice(-MOST_RECORDS)) {
      const known = Object.entries(hours).map(([hour, most]): [number, number] => [
        Date.parse(`${hour}:00:00.000Z`) / HOUR_MS,
        most,
      ]);
      this.#peaks.set(peakKey(name), { ...name, hours: new Map(known) });
    }
  }

  raise({ resource, programKey }: PeakName, { minute, used }: Reading): void {
    const hour = hourOf(minute);
    const key = peakKey({ resource, programKey });
    const peak = this.#peaks.get(key) ?? { resource, programKey, hours: new Map<number, number>() };
    if (!peak.hours.has(hour)) this.#begin(key, peak, hour);
    peak.hours.set(hour, Math.max(used, peak.hours.get(hour) ?? used));
  }

  /** In the same hour of the day before; null when it is not known. */
  dayBefore(name: PeakName, { minute }: Pick<Reading, 'minute'>): number | null {
    return this.#peaks.get(peakKey(name))?.hours.get(hourOf(minute) - DAY_HOURS) ?? null;
  }

  records(): readonly PeakRecord[] {
    return [...this.#peaks.values()].map(({ resource, programKey, hours }) => ({
      resource,
      programKey,
      hours: Object.fromEntries([...hours].map(([hour, most]) => [hourText(hour), most])),
    }));
  }

  /** With its first reading of an hour it moves to the end, and forgets. */
  #begin(key: string, peak: Peak, hour: number): void {
    for (const known of peak.hours.keys()) if (Math.abs(hour - known) >= KEPT_HOURS) peak.hours.delete(known);
    this.#peaks.delete(key);
    this.#peaks.set(key, peak);
    const [oldest] = this.#peaks.keys();
    if (this.#peaks.size > MOST_RECORDS && oldest !== undefined) this.#peaks.delete(oldest);
  }
}
