import type { Kysely } from 'kysely';
import type { StoreReader } from '../store.ts';
import { accessReader } from './access.ts';
import { changedSince, lastChangeAt } from './changes.ts';
import { listEvents, listGaps } from './events.ts';
import { countExpectationRevisions, expectationRevisions, handedRevision, readExpectations } from './expectations.ts';
import { findingGroup, findingGroups } from './finding-groups.ts';
import { findingsBetween } from './findings.ts';
import { fleetHomes, placesOf, sightedProgramsAfter, sightings } from './fleet-homes.ts';
import {
  countHosts,
  countLeft,
  countSilent,
  hostIdsAfter,
  hostIdsNamed,
  heardBetween,
  listHosts,
  mapCells,
  totals,
} from './hosts.ts';
import { hostsWithIds, readHost, readJudgedMachine } from './machine.ts';
import { sequenceOf } from './marks.ts';
import type { Queries } from './rows.ts';
import { eventsKeptSince } from './secrets.ts';
import { space } from './space.ts';
import { troubles } from './troubles.ts';
import type { Tables } from '../tables.ts';

export function createReader(queries: Kysely<Tables>): StoreReader {
  // What takes several queries is of one commit, not of two.
  const atOnce = <T>(read: (transaction: Queries) => Promise<T>): Promise<T> =>
    queries.transaction().setIsolationLevel('repeatable read').execute(read);
  return {
    ...accessReader(queries),
    machine: (hostId) => atOnce((transaction) => readJudgedMachine(transaction, hostId)),
    host: (hostId) => readHost(queries, hostId),
    hostIdsNamed: (name) => hostIdsNamed(queries, name),
    hosts: (query) => listHosts(queries, query),
    countHosts: (filters) => countHosts(queries, filters),
    mapCells: () => mapCells(queries),
    totals: () => totals(queries),
    countSilent: (before) => countSilent(queries, before),
    countLeft: () => countLeft(queries),
    heardBetween: (from, to) => heardBetween(queries, from, to),
    sequenceOf: (hostId, agentStartedAt) => sequenceOf(queries, hostId, agentStartedAt),
    hostsWithIds: (hostIds) => hostsWithIds(queries, hostIds),
    events: (hostId, range) => atOnce((transaction) => listEvents(transaction, hostId, range)),
    findingsBetween: (hostId, from, to) => findingsBetween(queries, hostId, from, to),
    findingGroups: (query) => atOnce((transaction) => findingGroups(transaction, query)),
    findingGroup: (id) => atOnce((transaction) => findingGroup(transaction, id)),
    troubles: () => atOnce(troubles),
    gaps: (hostId, since) => listGaps(queries, hostId, since),
    changedSince: (at, limit) => changedSince(queries, at, limit),
    lastChangeAt: () => lastChangeAt(queries),
    expectations: (revision) => readExpectations(queries, revision),
    expectationRevisions: (before, limit) => expectationRevisions(queries, before, limit),
    countExpectationRevisions: () => countExpectationRevisions(queries),
    fleetHomes: () => fleetHomes(queries),
    handedRevision: () => handedRevision(queries),
    sightings: (hostId) => sightings(queries, hostId),
    hostIdsAfter: (id, limit) => hostIdsAfter(queries, id, limit),
    sightedProgramsAfter: (programKey, limit) => sightedProgramsAfter(queries, programKey, limit),
    space: () => space(queries),
    eventsKeptSince: () => eventsKeptSince(queries),
    placesOf: (programKey, times) => atOnce((transaction) => placesOf(transaction, programKey, times)),
  };
}
