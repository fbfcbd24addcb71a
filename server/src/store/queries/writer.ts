import type { StoreWriter } from '../store.ts';
import { addEvents, addGap } from './events.ts';
import { addExpectations, bumpHandedRevision, readExpectations } from './expectations.ts';
import { announce } from './feed.ts';
import { removeOldSightings, saveFleetHomes, saveSightings } from './fleet-homes.ts';
import { openFindings, saveFindings } from './findings.ts';
import { endLease, takeLease } from './leases.ts';
import { readMachine, saveHost, saveRows } from './machine.ts';
import { markSeen, markSequence, sequenceOf } from './marks.ts';
import { removeOld } from './remove-old.ts';
import type { Queries } from './rows.ts';
import { replaceSecret, saveToken, secret } from './secrets.ts';

export function createWriter(queries: Queries): StoreWriter {
  return {
    machine: (hostId) => readMachine(queries, hostId),
    sequenceOf: (hostId, agentStartedAt) => sequenceOf(queries, hostId, agentStartedAt),
    saveHost: (host) => saveHost(queries, host),
    saveRows: (hostId, rows) => saveRows(queries, hostId, rows),
    openFindings: (hostId) => openFindings(queries, hostId),
    saveFindings: (hostId, changes) => saveFindings(queries, hostId, changes),
    addEvents: (hostId, events) => addEvents(queries, hostId, events),
    addGap: (hostId, gap) => addGap(queries, hostId, gap),
    markSequence: (hostId, mark) => markSequence(queries, hostId, mark),
    markSeen: (seen) => markSeen(queries, seen),
    announce: (hostIds, at, haveFindingsChanged) => announce(queries, hostIds, at, haveFindingsChanged),
    saveToken: (hostId, tokenHash, at) => saveToken(queries, hostId, tokenHash, at),
    secret: (name, create) => secret(queries, name, create),
    replaceSecret: (name, text) => replaceSecret(queries, name, text),
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
