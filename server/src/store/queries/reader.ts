import type { Kysely } from 'kysely';
import type { StoreReader } from '../store.ts';
import { listEvents, listGaps } from './events.ts';
import { feedAfter, feedBounds } from './feed.ts';
import {
  countHosts,
  countLeft,
  countSilent,
  hostIdsNamed,
  lastSeenBetween,
  listHosts,
  mapCells,
  totals,
} from './hosts.ts';
import { readHost, readMachine } from './machine.ts';
import { sequenceOf } from './marks.ts';
import { hostOfToken, tokenHashOf } from './secrets.ts';
import type { Tables } from '../tables.ts';

export function createReader(queries: Kysely<Tables>): StoreReader {
  return {
    // Three tables of one commit, not of two.
    machine: (hostId) => queries.transaction().execute((transaction) => readMachine(transaction, hostId)),
    host: (hostId) => readHost(queries, hostId),
    hostIdsNamed: (name) => hostIdsNamed(queries, name),
    hosts: (query) => listHosts(queries, query),
    countHosts: (filters) => countHosts(queries, filters),
    mapCells: () => mapCells(queries),
    totals: () => totals(queries),
    countSilent: (before) => countSilent(queries, before),
    countLeft: () => countLeft(queries),
    lastSeenBetween: (from, to) => lastSeenBetween(queries, from, to),
    sequenceOf: (hostId, agentStartedAt) => sequenceOf(queries, hostId, agentStartedAt),
    events: (hostId, range) => listEvents(queries, hostId, range),
    gaps: (hostId, since) => listGaps(queries, hostId, since),
    feedAfter: (position, limit) => feedAfter(queries, position, limit),
    feedBounds: () => feedBounds(queries),
    hostOfToken: (tokenHash) => hostOfToken(queries, tokenHash),
    tokenHashOf: (hostId) => tokenHashOf(queries, hostId),
  };
}
