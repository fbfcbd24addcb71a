import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fullOf } from '../../test/bodies.ts';
import { afterFull } from '../ingest/machine-state.ts';
import type { ExpectationsDocument } from '../views.ts';
import type { KeptFleetHome, Sighting } from './expectation-store.ts';
import type { Store } from './store.ts';
import type { OpenTrialStore } from './store.suite.ts';

function declaring(...names: readonly string[]): ExpectationsDocument {
  return { format: 1, services: names.map((name) => ({ name, places: ['127.0.0.1:3000'] })) };
}

function add(store: Store, at: number, by: string, document: ExpectationsDocument): Promise<number> {
  return store.commit((writer) => writer.addExpectations({ at, by, document }));
}

const NODE = 'node:server.js';

function sighting(changes: Partial<Sighting> = {}): Sighting {
  const place = { address: '127.0.0.1', port: 3000 };
  return { programKey: NODE, program: 'node', ...place, steadySince: 1_000, seenAt: 5_000, ...changes };
}

/** A machine with its sightings. */
async function sight(store: Store, hostId: string, sightings: readonly Sighting[]): Promise<void> {
  const { host } = afterFull(null, fullOf(hostId, hostId), { at: 1_000, address: null });
  await store.commit(async (writer) => {
    await writer.saveHosts([host]);
    await writer.saveSightings(hostId, sightings);
  });
}

const home: KeptFleetHome = {
  ...{ programKey: NODE, program: 'node', address: '127.0.0.1', port: 3000 },
  ...{ machines: 5, of: 6, since: 9_000 },
};

/** What every store must do with expectations and what was learned of the fleet. */
export function expectationSuite(name: string, open: OpenTrialStore): void {
  test(`${name}: expectations are kept as revisions, the newest first`, async (context) => {
    const store = await open(context);
    assert.equal(await store.reader.expectations(), null);
    assert.equal(await add(store, 1_000, 'ann', declaring('web')), 1);
    assert.equal(await add(store, 2_000, 'bob', declaring('web', 'db')), 2);
    const newest = { revision: 2, at: 2_000, by: 'bob', document: declaring('web', 'db') };
    assert.deepEqual(await store.reader.expectations(), newest);
    assert.deepEqual(await store.commit((writer) => writer.expectations()), newest);
    assert.equal((await store.reader.expectations(1))?.by, 'ann');
    assert.equal(await store.reader.expectations(3), null);
    const first = { revision: 1, at: '1970-01-01T00:00:01.000Z', by: 'ann', services: 1 };
    const second = { revision: 2, at: '1970-01-01T00:00:02.000Z', by: 'bob', services: 2 };
    assert.deepEqual(await store.reader.expectationRevisions(null, 10), [second, first]);
    assert.deepEqual(await store.reader.expectationRevisions(null, 1), [second]);
    assert.deepEqual(await store.reader.expectationRevisions(2, 10), [first]);
    assert.equal(await store.reader.countExpectationRevisions(), 2);
  });

  test(`${name}: expectations of a transaction that fails are none`, async (context) => {
    const store = await open(context);
    const failing = store.commit(async (writer) => {
      await writer.addExpectations({ at: 1_000, by: 'ann', document: declaring('web') });
      await writer.bumpHandedRevision();
      throw new Error('in the middle');
    });
    await assert.rejects(failing, /in the middle/);
    assert.deepEqual([await store.reader.expectations(), await store.reader.handedRevision()], [null, 0]);
    await store.commit((writer) => writer.bumpHandedRevision());
    assert.equal(await store.reader.handedRevision(), 1);
  });

  test(`${name}: sightings of a machine stand in place of those before, and go with it`, async (context) => {
    const store = await open(context);
    await sight(store, 'machine-1', [sighting(), sighting({ port: 3001 })]);
    await sight(store, 'machine-2', [sighting({ programKey: 'nginx:' })]);
    await sight(store, 'machine-1', [sighting({ port: 3002 })]);
    assert.deepEqual(await store.reader.sightings('machine-1'), [sighting({ port: 3002 })]);
    assert.deepEqual(await store.reader.hostIdsAfter('', 10), ['machine-1', 'machine-2']);
    assert.deepEqual(await store.reader.hostIdsAfter('machine-1', 10), ['machine-2']);
    await store.commit(async (writer) => {
      await writer.markSeen([{ hostId: 'machine-1', at: 10, clockOffsetMs: 0, aliveEverySeconds: 15 }]);
      await writer.removeOld({ receivedBefore: 0, hostsSeenBefore: 100, atMost: 10 });
    });
    assert.deepEqual(await store.reader.sightings('machine-1'), []);
    assert.deepEqual(await store.reader.sightedProgramsAfter('', 10), ['nginx:']);
  });

  test(`${name}: a program's places are counted over machines, by when it was seen there`, async (context) => {
    const store = await open(context);
    await sight(store, 'machine-1', [sighting({ steadySince: 100 }), sighting({ port: 3001, steadySince: 2_000 })]);
    await sight(store, 'machine-2', [sighting({ steadySince: 1_500 }), sighting({ programKey: 'nginx:' })]);
    await sight(store, 'machine-3', [sighting({ seenAt: 10 })]);
    await sight(store, 'machine-4', [sighting({ address: '::1', steadySince: 4_000 })]);
    const times = { seenSince: 1_000, heldSince: 3_000, steadySince: 1_000 };
    assert.deepEqual(await store.reader.placesOf(NODE, times), {
      programKey: NODE,
      program: 'node',
      machines: 3,
      places: [
        { address: '127.0.0.1', port: 3000, machines: 2, steady: 1 },
        { address: '127.0.0.1', port: 3001, machines: 1, steady: 0 },
      ],
    });
    const none = { programKey: 'unknown', program: '', machines: 0, places: [] };
    assert.deepEqual(await store.reader.placesOf('unknown', times), none);
    await store.commit((writer) => writer.removeOldSightings(1_000, 10));
    assert.deepEqual(await store.reader.sightings('machine-3'), []);
    assert.equal((await store.reader.sightings('machine-1')).length, 2);
  });

  test(`${name}: homes of a program stand in place of those before`, async (context) => {
    const store = await open(context);
    const save = (homes: readonly KeptFleetHome[]) =>
      store.commit((writer) => writer.saveFleetHomes(home.programKey, homes));
    await save([home, { ...home, port: 443 }]);
    assert.deepEqual(await store.reader.fleetHomes(), [{ ...home, port: 443 }, home]);
    await save([{ ...home, machines: 6 }]);
    assert.deepEqual(await store.reader.fleetHomes(), [{ ...home, machines: 6 }]);
    assert.deepEqual(await store.reader.sightedProgramsAfter('', 10), [NODE]);
    await save([]);
    assert.deepEqual(await store.reader.sightedProgramsAfter('', 10), []);
  });

  test(`${name}: a task is one instance's at a time, and stands where it was left`, async (context) => {
    const store = await open(context);
    const take = (holder: string, now: number) =>
      store.commit((writer) => writer.takeLease('learn', { holder, now, until: now + 100 }));
    assert.deepEqual(await take('one', 1_000), { cursor: '' });
    assert.equal(await take('other', 1_050), null);
    assert.deepEqual(await take('one', 1_050), { cursor: '' });
    await store.commit((writer) => writer.endLease('learn', 'machine-7'));
    assert.deepEqual(await take('other', 1_060), { cursor: 'machine-7' });
    assert.equal(await take('one', 1_070), null);
    assert.deepEqual(await take('one', 1_160), { cursor: 'machine-7' });
  });

  test(`${name}: of many that ask for a task at the same time one gets it`, async (context) => {
    const store = await open(context);
    const take = (holder: string) =>
      store.commit((writer) => writer.takeLease('learn', { holder, now: 1_000, until: 1_100 }));
    const taken = await Promise.all(['one', 'two', 'three', 'four', 'five', 'six'].map(take));
    assert.equal(taken.filter((task) => task !== null).length, 1);
  });
}
