import { sql } from 'kysely';
import type { KeptFleetHome, ProgramPlaces, Sighting, SightingTimes } from '../expectation-store.ts';
import type { FleetHomesTable, SightingsTable } from '../tables.ts';
import { batches, type Queries } from './rows.ts';

export async function sightings(queries: Queries, host: string): Promise<readonly Sighting[]> {
  const rows = await queries.selectFrom('sightings').selectAll().where('host', '=', host).execute();
  return rows.map(
    ({ program_key: programKey, program, address, port, steady_since: steadySince, seen_at: seenAt }) => ({
      programKey,
      program,
      address,
      port,
      steadySince,
      seenAt,
    }),
  );
}

export async function saveSightings(queries: Queries, host: string, seen: readonly Sighting[]): Promise<void> {
  await queries.deleteFrom('sightings').where('host', '=', host).execute();
  for (const batch of batches(seen.map((sighting) => toSightingsRow(host, sighting)))) {
    await queries.insertInto('sightings').values(batch).execute();
  }
}

function toSightingsRow(host: string, { programKey, steadySince, seenAt, ...rest }: Sighting): SightingsTable {
  return { host, program_key: programKey, steady_since: steadySince, seen_at: seenAt, ...rest };
}

export async function removeOldSightings(queries: Queries, seenBefore: number, atMost: number): Promise<void> {
  const rows = await queries
    .selectFrom('sightings')
    .select(['host', 'program_key', 'address', 'port'])
    .where('seen_at', '<', seenBefore)
    .limit(atMost)
    .execute();
  for (const { host, program_key, address, port } of rows) {
    await queries
      .deleteFrom('sightings')
      .where('host', '=', host)
      .where('program_key', '=', program_key)
      .where('address', '=', address)
      .where('port', '=', port)
      .execute();
  }
}

/** Those with a home too, though no machine runs them any more. */
export async function sightedProgramsAfter(queries: Queries, after: string, limit: number): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom('sightings')
    .select('program_key')
    .where('program_key', '>', after)
    .union(queries.selectFrom('fleet_homes').select('program_key').where('program_key', '>', after))
    .orderBy('program_key')
    .limit(limit)
    .execute();
  return rows.map(({ program_key: key }) => key);
}

export async function placesOf(
  queries: Queries,
  programKey: string,
  { seenSince, heldSince, steadySince }: SightingTimes,
): Promise<ProgramPlaces> {
  const ofProgram = queries
    .selectFrom('sightings')
    .where('program_key', '=', programKey)
    .where('seen_at', '>=', seenSince);
  const { machines, program } = await ofProgram
    .select([sql<number>`count(distinct host)`.as('machines'), sql<string | null>`max(program)`.as('program')])
    .executeTakeFirstOrThrow();
  const places = await ofProgram
    .select(['address', 'port', sql<number>`count(*)`.as('machines')])
    .select(sql<number>`sum(case when steady_since <= ${steadySince} then 1 else 0 end)`.as('steady'))
    .where('steady_since', '<=', heldSince)
    .groupBy(['address', 'port'])
    .orderBy('address')
    .orderBy('port')
    .execute();
  return { programKey, program: program ?? '', machines, places: places.map((place) => ({ ...place })) };
}

export async function fleetHomes(queries: Queries): Promise<readonly KeptFleetHome[]> {
  const rows = await queries
    .selectFrom('fleet_homes')
    .selectAll()
    .orderBy('program_key')
    .orderBy('port')
    .orderBy('address')
    .execute();
  return rows.map(({ program_key: programKey, of_machines: of, ...rest }) => ({ programKey, of, ...rest }));
}

export async function saveFleetHomes(
  queries: Queries,
  programKey: string,
  homes: readonly KeptFleetHome[],
): Promise<void> {
  await queries.deleteFrom('fleet_homes').where('program_key', '=', programKey).execute();
  for (const batch of batches(homes.map(toHomesRow))) await queries.insertInto('fleet_homes').values(batch).execute();
}

function toHomesRow({ programKey, of, ...rest }: KeptFleetHome): FleetHomesTable {
  return { program_key: programKey, of_machines: of, ...rest };
}
