import type { StoreWriter } from '../store.ts';
import { accessWriter } from './access.ts';
import { announce } from './changes.ts';
import { addEvents, addGaps, listEvents } from './events.ts';
import { addExpectations, bumpHandedRevision, readExpectations } from './expectations.ts';
import { removeOldSightings, saveFleetHomes, saveSightings } from './fleet-homes.ts';
import { openFindings, saveFindings } from './findings.ts';
import { endLease, takeLease } from './leases.ts';
import { lockHosts } from './lock-hosts.ts';
import { hostsWithIds, readRows, saveHosts, saveNumbers, saveRows } from './machine.ts';
import { markSeen, markSequences, sequencesOf } from './marks.ts';
import { removeOld } from './remove-old.ts';
import type { Queries } from './rows.ts';
import { replaceSecret, secret } from './secrets.ts';

/** An agent keeps 10,000 while nobody takes them. */
const EVENTS_AT_MOST = 10_000;
import { dropOldestDay, giveBack } from './space.ts';

export function createWriter(queries: Queries): StoreWriter {
  return {
    ...accessWriter(queries),
    lock: (hostIds) => lockHosts(queries, hostIds),
    hosts: (hostIds) => hostsWithIds(queries, hostIds),
    rows: (hostIds) => readRows(queries, hostIds),
    sequencesOf: (starts) => sequencesOf(queries, starts),
    eventsSince: (hostId, at) =>
      listEvents(queries, hostId, { from: at, to: Number.MAX_SAFE_INTEGER, before: null, limit: EVENTS_AT_MOST }),
    saveHosts: (hosts) => saveHosts(queries, hosts),
    saveRows: (changes) => saveRows(queries, changes),
    saveNumbers: (listeners) => saveNumbers(queries, listeners),
    openFindings: (hostIds) => openFindings(queries, hostIds),
    saveFindings: (changes) => saveFindings(queries, changes),
    addEvents: (events) => addEvents(queries, events),
    addGaps: (gaps) => addGaps(queries, gaps),
    markSequences: (marks) => markSequences(queries, marks),
    markSeen: (seen) => markSeen(queries, seen),
    announce: (changes) => announce(queries, changes),
    secret: (name, create) => secret(queries, name, create),
    replaceSecret: (name, text) => replaceSecret(queries, name, text),
    dropOldestDay: () => dropOldestDay(queries),
    giveBack: () => giveBack(queries),
    removeOld: (limits) => removeOld(queries, limits),
    expectations: () => readExpectations(queries),
    addExpectations: (added) => addExpectations(queries, added),
    saveSightings: (hostId, sightings) => saveSightings(queries, hostId, sightings),
    saveFleetHomes: (programKey, homes) => saveFleetHomes(queries, programKey, homes),
    bumpHandedRevision: () => bumpHandedRevision(queries),
    takeLease: (name, lease) => takeLease(queries, name, lease),
    endLease: (name, cursor) => endLease(queries, name, cursor),
    removeOldSightings: (seenBefore, atMost) => removeOldSightings(queries, seenBefore, atMost),
  };
}
