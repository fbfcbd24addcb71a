/** Descriptors, handles, local ports or processes reach their limit within a day, if it goes on as it goes. */
import { type Holder, type Listener } from '../contract.ts';
import { holderKey } from '../scan/fingerprint.ts';
import { type FindingsOf, type Scene } from './finding.ts';
import { machineForecast, processForecast } from './forecast-finding.ts';
import { type Reading, type Slope, type Trend } from './trend.ts';
import { MACHINE_RESOURCES, usageOf } from './trends.ts';

/** Where a trend leads. */
export interface Course {
  readonly limit: number;
  readonly slope: Slope;
  /** Minute since 1970 of the last reading before it went up. */
  readonly rises: number;
  /** Of the readings it rests on. */
  readonly first: Reading;
  readonly last: Reading;
  /** The most in the same hour of the day before; null when not known. */
  readonly dayBefore: number | null;
  /** In milliseconds since 1970. */
  readonly exhaustedAt: number;
}

/** A process on its way to the limit, with its lowest port. */
export interface Spender {
  readonly holder: Holder;
  readonly listener: Listener;
  readonly course: Course;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

export function forecasts(scene: Scene): FindingsOf<'forecast'> {
  const { trends, snapshot } = scene;
  const ofMachine = MACHINE_RESOURCES.flatMap((resource) => {
    const usage = usageOf(resource, snapshot.kernel);
    const course = usage === null ? null : courseOf(trends.of(resource), usage.max, dayBefore(scene, resource, null));
    return course === null ? [] : [machineForecast(resource, course, scene)];
  });
  return [...ofMachine, ...soonestOf(spenders(scene)).map((spender) => processForecast(spender, scene))];
}

function dayBefore(
  { trends }: Scene,
  resource: Parameters<typeof usageOf>[0] | 'file-descriptors',
  programKey: string | null,
) {
  return (last: Reading) => trends.peaks.dayBefore({ resource, programKey }, last);
}

/** Null when it is not going there, or was as far in this hour of the day before. */
function courseOf(
  { rise: readings, rises, slope }: Trend,
  limit: number,
  before: (last: Reading) => number | null,
): Course | null {
  const [first, last] = [readings[0], readings.at(-1)];
  if (!slope.isGrowing || first === undefined || last === undefined) return null;
  const most = before(last);
  const minutesLeft = Math.max(0, limit - last.used) / slope.perMinute;
  if (minutesLeft > DAY_MINUTES || wasGivenBack(readings, last) || (most !== null && last.used <= most)) return null;
  return { limit, slope, rises, first, last, dayBefore: most, exhaustedAt: (last.minute + minutesLeft) * MINUTE_MS };
}

/** What went up for an hour and has fallen now still has a line that goes up. */
function wasGivenBack(readings: readonly Reading[], last: Reading): boolean {
  return last.used * readings.length <= readings.reduce((sum, { used }) => sum + used, 0);
}

function spenders(scene: Scene): readonly Spender[] {
  const { snapshot, trends } = scene;
  const lowest = new Map<string, Spender>();
  for (const listener of snapshot.listeners) {
    if (listener.protocol !== 'tcp') continue;
    for (const holder of listener.holders) {
      const trend = trends.ofProcess(holder);
      const limit = holder.fileDescriptors?.limit ?? null;
      if (trend === null || limit === null || !trend.slope.isGrowing) continue;
      const course = courseOf(trend, limit, dayBefore(scene, 'file-descriptors', holder.programKey));
      const known = lowest.get(holderKey(holder));
      if (course === null || (known !== undefined && known.listener.port <= listener.port)) continue;
      lowest.set(holderKey(holder), { holder, listener, course });
    }
  }
  return [...lowest.values()];
}

/** Of the processes of a program the one that is there first. */
function soonestOf(spenders: readonly Spender[]): readonly Spender[] {
  const sorted = spenders.toSorted((a, b) => b.course.exhaustedAt - a.course.exhaustedAt);
  const name = ({ holder, listener }: Spender) => `${listener.networkNamespace} ${holder.programKey}`;
  return [...new Map(sorted.map((spender) => [name(spender), spender])).values()];
}
