/** A home has no listener: of a declared service, of the fleet, or of what was learned on this machine. Pure. */
import { type Expectation, type FleetHome, type Home, type Listener, type Place } from '../contract.ts';
import { covers } from './bound.ts';
import { type Around, type Scene } from './finding.ts';
import { isEphemeral, learnedHomes } from './homes.ts';
import { heldSeconds, learnedOf, type HomeRecord } from './learned-homes.ts';
import { newestOf } from './programs.ts';
import { isAtPlace } from './services.ts';

/** A home without a listener. Times are in milliseconds since 1970. */
export interface Vacancy {
  readonly home: Home;
  /** Of the declared service; null where it is not declared. */
  readonly expectation: Expectation | null;
  /** Who held it last, as far as is known. */
  readonly last: HomeRecord | null;
  /** When it was last seen held; null when it never was. */
  readonly heldUntil: number | null;
  /** Since when it is seen without a listener. */
  readonly since: number;
  /** For longer than a restart takes. */
  readonly isLong: boolean;
}

/** A restart takes less long. */
const VACANT_MS = 30_000;
const LONG_HELD_SECONDS = 86_400;
const MANY_GENERATIONS = 2;

export function vacancies(scene: Scene): readonly Vacancy[] {
  return [...declaredVacancies(scene), ...learnedVacancies(scene)];
}

function declaredVacancies(scene: Scene): readonly Vacancy[] {
  return scene.expectations.flatMap((expectation) => {
    const [place] = expectation.places;
    const isServed = scene.snapshot.listeners.some((listener) => isAtPlace(listener, expectation));
    if (place === undefined || isServed) return [];
    const last = latest(
      scene.records.filter((record) => record.isHostNamespace && expectation.places.some((one) => isOn(record, one))),
    );
    const home: Home = { address: place.address, port: place.port, source: 'declared', support: null };
    return [vacancyOf(home, expectation, last, expectation.places, scene)];
  });
}

function vacancyOf(
  home: Home,
  expectation: Expectation | null,
  last: HomeRecord | null,
  places: readonly Place[],
  { history, now }: Scene,
): Vacancy {
  const ends = [...history.stays.values()]
    .filter(({ listener }) => listener.isHostNamespace && places.some((place) => isOn(listener, place)))
    .flatMap(({ endedAt }) => endedAt ?? []);
  const known = [...ends, ...(last === null ? [] : [Date.parse(last.until)])];
  const heldUntil = known.length === 0 ? null : Math.max(...known);
  const since = Math.max(history.begunAt ?? 0, heldUntil ?? 0);
  return { home, expectation, last, heldUntil, since, isLong: now - since >= VACANT_MS };
}

function isOn(one: Place, place: Place): boolean {
  return one.port === place.port && covers({ address: one.address, dualStack: null }, place);
}

function latest(records: readonly HomeRecord[]): HomeRecord | null {
  return records.toSorted((a, b) => Date.parse(b.until) - Date.parse(a.until))[0] ?? null;
}

/** Homes of services of the system, as users start and end what is theirs when they like. */
function learnedVacancies(scene: Scene): readonly Vacancy[] {
  const { expectations, snapshot } = scene;
  const held = Map.groupBy(
    snapshot.listeners.filter(({ protocol, isHostNamespace }) => protocol === 'tcp' && isHostNamespace),
    ({ port }) => port,
  );
  const declared = new Set(expectations.flatMap(({ places }) => places.map(({ port }) => port)));
  return scene.records
    .filter((record) => record.isHostNamespace && record.unit !== null && !record.isRetired)
    .filter(({ port }) => !isEphemeral(port, snapshot.kernel))
    .filter((record) => !declared.has(record.port) && !isHeld(record, held.get(record.port) ?? []))
    .flatMap((record) => {
      const fleet = scene.fleetHomes.find((one) => one.programKey === record.programKey && isOn(one, record));
      const home = missedHome(record, fleet ?? null, scene);
      return home === null ? [] : [vacancyOf(home, null, record, [record], scene)];
    });
}

function isHeld(place: Place, listeners: readonly Listener[]): boolean {
  return listeners.some((listener) => covers(listener, place));
}

/** Null: not held long enough, or the program has moved on. */
function missedHome(record: HomeRecord, fleet: FleetHome | null, { records, programs }: Scene): Home | null {
  const siblings = records.filter((one) => isOfOneProgram(one, record));
  const around = programs.find(({ program }) => isOf(program, record)) ?? null;
  if (hasMoved(record, siblings, around)) return null;
  const { address, port, generations } = record;
  if (fleet !== null) return { address, port, source: 'fleet', support: fleet.support };
  const isLong = heldSeconds(record) >= LONG_HELD_SECONDS || generations >= MANY_GENERATIONS;
  const home = learnedHomes(siblings.map(learnedOf)).find((one) => one.port === port && one.address === address);
  return home === undefined || !isLong ? null : { address, port, source: 'here', support: home.support };
}

function isOfOneProgram(one: HomeRecord, other: HomeRecord): boolean {
  return (
    one.programKey === other.programKey &&
    one.isHostNamespace === other.isHostNamespace &&
    one.service === other.service
  );
}

function isOf({ programKey, isHostNamespace, service }: Around['program'], record: HomeRecord): boolean {
  return programKey === record.programKey && isHostNamespace && (record.service === null || service === record.service);
}

/** It listens where it never was while it held this home: whether it should be here is the question of drift. */
function hasMoved({ until }: HomeRecord, siblings: readonly HomeRecord[], around: Around | null): boolean {
  const newest = around === null ? null : newestOf(around.program);
  if (newest === null || around === null) return false;
  return newest.stays
    .filter(({ listener }) => !isEphemeral(listener.port, around.facts))
    .some(({ listener }) => !siblings.some((one) => isSamePlace(one, listener) && one.since < until));
}

function isSamePlace(one: Place, other: Place): boolean {
  return one.port === other.port && one.address === other.address;
}
