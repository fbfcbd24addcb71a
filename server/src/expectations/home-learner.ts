import { randomUUID } from 'node:crypto';
import { setImmediate as otherWork } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { KeptFleetHome, Sighting, SightingTimes } from '../store/expectation-store.ts';
import type { Store } from '../store/store.ts';
import { homesAfter, isSupported } from './fleet-home.ts';
import { sightingsOf } from './sightings.ts';

interface LearnerOptions {
  readonly now: () => number;
  /** What is handed to machines is another now. */
  readonly onChange: () => Promise<void>;
}

/** Answer of one turn. */
export interface Learned {
  /** Machines that were looked at. */
  readonly machines: number;
  /** Programs whose homes were counted. */
  readonly programs: number;
}

/** Of each kind in one turn: what is done at once stays short, and 10,000 machines are looked at in under two hours. */
const MACHINES_AT_ONCE = 100;
const PROGRAMS_AT_ONCE = 50;
const OLD_ROWS_AT_ONCE = 10_000;

const LEASE = 'fleet-homes';
/** Longer than a turn takes; who ends in the middle keeps others from it that long. */
const LEASE_MS = 60_000;

/** Shorter stays are episodes. */
const HELD_MS = 600_000;
const DAY_MS = 86_400_000;
/** A machine speaks for its program's place this long after it was there last. */
const SEEN_MS = 7 * DAY_MS;
/** A new place has to be steady this long to follow a home. */
const STEADY_MS = 7 * DAY_MS;

/** Where the turn before ended: ids after these come next. */
interface Cursor {
  readonly host: string;
  readonly program: string;
}

type Homes = ReadonlyMap<string, readonly KeptFleetHome[]>;

/** Learns where programs belong from where most machines have them; a bounded piece at a time, whoever calls it. */
export class HomeLearner {
  private readonly holder = randomUUID();

  constructor(
    private readonly store: Store,
    private readonly options: LearnerOptions,
  ) {}

  async run(): Promise<Learned> {
    const now = this.options.now();
    const lease = { holder: this.holder, now, until: now + LEASE_MS };
    const task = await this.store.commit((writer) => writer.takeLease(LEASE, lease));
    if (task === null) return { machines: 0, programs: 0 };
    const cursor = task.cursor === '' ? { host: '', program: '' } : (JSON.parse(task.cursor) as Cursor);
    const homes = Map.groupBy(await this.store.reader.fleetHomes(), ({ programKey }) => programKey);
    const hostIds = await this.store.reader.hostIdsAfter(cursor.host, MACHINES_AT_ONCE);
    await this.look(hostIds, homes, now);
    const programs = await this.store.reader.sightedProgramsAfter(cursor.program, PROGRAMS_AT_ONCE);
    await this.count(programs, homes, now);
    const next: Cursor = { host: nextOf(hostIds, MACHINES_AT_ONCE), program: nextOf(programs, PROGRAMS_AT_ONCE) };
    await this.store.commit((writer) => writer.endLease(LEASE, JSON.stringify(next)));
    return { machines: hostIds.length, programs: programs.length };
  }

  private async look(hostIds: readonly string[], homes: Homes, now: number): Promise<void> {
    const changed: (readonly [hostId: string, sightings: readonly Sighting[]])[] = [];
    for (const hostId of hostIds) {
      const machine = await this.store.reader.machine(hostId);
      const before = await this.store.reader.sightings(hostId);
      const after = machine && sightingsOf(machine, before, (programKey) => homes.get(programKey) ?? []);
      if (after && !isDeepStrictEqual(new Set(before), new Set(after))) changed.push([hostId, after]);
      await otherWork();
    }
    await this.store.commit(async (writer) => {
      for (const [hostId, sightings] of changed) await writer.saveSightings(hostId, sightings);
      await writer.removeOldSightings(now - SEEN_MS, OLD_ROWS_AT_ONCE);
    });
  }

  private async count(programKeys: readonly string[], homes: Homes, now: number): Promise<void> {
    const times: SightingTimes = { seenSince: now - SEEN_MS, heldSince: now - HELD_MS, steadySince: now - STEADY_MS };
    const changed: (readonly [programKey: string, homes: readonly KeptFleetHome[]])[] = [];
    for (const programKey of programKeys) {
      const before = homes.get(programKey) ?? [];
      const after = homesAfter(before, await this.store.reader.placesOf(programKey, times), now);
      if (!isDeepStrictEqual(before, after)) changed.push([programKey, after]);
      await otherWork();
    }
    if (changed.length === 0) return;
    const areOthers = changed.some(([key, after]) => areOtherPlaces(homes.get(key) ?? [], after));
    await this.store.commit(async (writer) => {
      for (const [programKey, after] of changed) await writer.saveFleetHomes(programKey, after);
      if (areOthers) await writer.bumpHandedRevision();
    });
    if (areOthers) await this.options.onChange();
  }
}

/** From the start again after the last one. */
function nextOf(done: readonly string[], atOnce: number): string {
  return done.length < atOnce ? '' : (done.at(-1) ?? '');
}

/** Of what is handed down; counts alone are not. */
function areOtherPlaces(before: readonly KeptFleetHome[], after: readonly KeptFleetHome[]): boolean {
  const places = (homes: readonly KeptFleetHome[]) =>
    new Set(homes.filter(isSupported).map(({ address, port }) => `${address} ${port}`));
  return !isDeepStrictEqual(places(before), places(after));
}
