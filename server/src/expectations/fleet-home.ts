import type { FleetHome } from '@portlight/agent/contract';
import type { CountedPlace, KeptFleetHome, ProgramPlaces } from '../store/expectation-store.ts';
import type { LearnedFleetHome } from '../views.ts';

/** Fewer machines are no fleet. */
const LEAST_MACHINES = 5;
const LEAST_SHARE = 0.8;
/** A program with more has no home, as nobody would miss one of them. */
const MOST_PLACES = 32;

function isMost(some: number, all: number): boolean {
  return all >= LEAST_MACHINES && some >= all * LEAST_SHARE;
}

/** Whether enough machines have it there now. While machines move elsewhere in peace, nothing is expected of them. */
export function isSupported({ machines, of }: KeptFleetHome): boolean {
  return isMost(machines, of);
}

/**
 * A program's homes after a count of its places. What has no home yet gets one at once; another place follows only when it
 * was steady on most machines, and ends those that are no longer supported. Until then they are kept, whoever is where.
 */
export function homesAfter(
  known: readonly KeptFleetHome[],
  { programKey, program, machines: of, places }: ProgramPlaces,
  now: number,
): readonly KeptFleetHome[] {
  if (of === 0) return [];
  const counted = known.map((home) => {
    const place = places.find((one) => isSamePlace(one, home));
    return { ...home, program, machines: place?.machines ?? 0, of };
  });
  const added = places
    .filter((place) => !known.some((home) => isSamePlace(home, place)))
    .filter(({ machines, steady }) => isMost(known.length === 0 ? machines : steady, of))
    .map(({ address, port, machines }) => ({ programKey, program, address, port, machines, of, since: now }));
  const homes = added.length === 0 ? counted : [...counted.filter(isSupported), ...added];
  return homes.length > MOST_PLACES ? [] : homes;
}

type Named = Pick<CountedPlace, 'address' | 'port'>;

function isSamePlace(one: Named, other: Named): boolean {
  return one.port === other.port && one.address === other.address;
}

/** `192 of 200`. */
function supportOf({ machines, of }: KeptFleetHome): string {
  return `${machines} of ${of}`;
}

export function toHanded(home: KeptFleetHome): FleetHome {
  const { programKey, address, port } = home;
  return { programKey, address, port, support: supportOf(home) };
}

export function toLearned(home: KeptFleetHome): LearnedFleetHome {
  return { ...home, support: supportOf(home), since: new Date(home.since).toISOString() };
}
