import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { afterFull, type MachineState } from '../ingest/machine-state.ts';
import { rowChanges } from '../ingest/row-changes.ts';
import { event, fullOf, HOST_ID, holder, listener, snapshot } from '../../test/bodies.ts';
import { accessSuite } from './access.suite.ts';
import { expectationSuite } from './expectation.suite.ts';
import { findingSuite } from './finding.suite.ts';
import { spaceSuite } from './space.suite.ts';
import type { EventRange, NewEvent } from './event-store.ts';
import type { HostQuery, OfHost, Seen, Store } from './store.ts';

/** Opens an empty store that is closed and removed after the test. */
export type OpenTrialStore = (context: TestContext) => Promise<Store>;

const STARTED_AT = '2026-11-23T15:00:00.000Z';
const EVERYTHING: EventRange = { from: 0, to: Number.MAX_SAFE_INTEGER, before: null, limit: 100 };

function machine(id: string, name: string): MachineState {
  return afterFull(null, fullOf(id, name), { at: 1_000, address: '192.0.2.10' });
}

async function save(store: Store, state: MachineState, before: MachineState | null = null): Promise<void> {
  const hostId = state.host.host.id;
  await store.commit(async (writer) => {
    await writer.saveHosts([state.host]);
    await writer.saveRows([{ hostId, ...rowChanges(before, state) }]);
    await writer.announce([{ hostId, at: 1_000, haveFindingsChanged: false }]);
  });
}

function newEvent(id: number, at: string, changes: Partial<NewEvent> = {}): OfHost<NewEvent> {
  const { kind, protocol, address, port, networkNamespace, inode } = event();
  const socket = { kind, protocol, address, port, networkNamespace, inode };
  const { pid, startTicks, startedAt, program, commandLine } = holder();
  const oldest = { pid, startTicks, startedAt, program, commandLine };
  const origin = { agentStartedAt: STARTED_AT, id, receivedAt: Date.parse(at) };
  return { hostId: HOST_ID, at, ...socket, holder: oldest, holders: 1, detail: null, ...origin, ...changes };
}

function seenAt(hostId: string, at: number): Seen {
  return { hostId, at, clockOffsetMs: 0, aliveEverySeconds: 15 };
}

/** What every store must do; each runs the same tests against a real database. */
export function storeSuite(name: string, open: OpenTrialStore): void {
  accessSuite(name, open);
  findingSuite(name, open);
  spaceSuite(name, open);
  expectationSuite(name, open);
  test(`${name}: a machine is read as it was saved`, async (context) => {
    const store = await open(context);
    const saved = machine(HOST_ID, 'web-01');
    await save(store, saved);
    assert.deepEqual(await store.reader.machine(HOST_ID), { ...saved, findings: [], seen: null });
    assert.equal(await store.reader.machine('unknown'), null);
  });

  test(`${name}: only rows that differ change`, async (context) => {
    const store = await open(context);
    const before = machine(HOST_ID, 'web-01');
    await save(store, before);
    const listeners = [listener({ acceptQueue: 7 }), listener({ port: 3001, inode: '90002' })];
    const after = afterFull(before, fullOf(HOST_ID, 'web-01', { snapshot: snapshot({ listeners }) }), {
      at: 2_000,
      address: null,
    });
    assert.deepEqual(
      rowChanges(before, after).saved.map(({ port }) => port),
      [3000, 3001],
    );
    await save(store, after, before);
    const read = await store.reader.machine(HOST_ID);
    assert.deepEqual(read?.listeners, after.listeners);
    const kept = { ...read, ...after };
    assert.deepEqual(rowChanges(kept, after), { saved: [], removed: [], savedProcesses: [], removedPids: [] });
  });

  test(`${name}: a transaction that fails leaves nothing`, async (context) => {
    const store = await open(context);
    const failing = store.commit(async (writer) => {
      await writer.saveHosts([machine(HOST_ID, 'web-01').host]);
      throw new Error('in the middle');
    });
    await assert.rejects(failing, /in the middle/);
    assert.equal(await store.reader.machine(HOST_ID), null);
    await save(store, machine(HOST_ID, 'web-01'));
    assert.notEqual(await store.reader.machine(HOST_ID), null);
  });

  test(`${name}: events are kept once and paged newest first, over the days`, async (context) => {
    const store = await open(context);
    const times = ['2026-11-23T23:59:59.999Z', '2026-11-24T00:00:00.000Z', '2026-11-24T00:00:00.000Z'];
    const events = times.map((at, index) => newEvent(index + 1, at));
    await store.commit((writer) => writer.addEvents(events));
    await store.commit((writer) => writer.addEvents([...events, newEvent(-1, '2026-11-25T15:00:03.000Z')]));
    const all = await store.reader.events(HOST_ID, EVERYTHING);
    assert.deepEqual(
      all.map(({ at, place }) => [at, place.id]),
      [
        ['2026-11-25T15:00:03.000Z', -1],
        [times[2], 3],
        [times[1], 2],
        [times[0], 1],
      ],
    );
    const [first, second] = await store.reader.events(HOST_ID, { ...EVERYTHING, limit: 2 });
    const rest = await store.reader.events(HOST_ID, { ...EVERYTHING, before: second?.place ?? null });
    assert.deepEqual([first, second, ...rest], all);
    const ofSecond = { ...EVERYTHING, from: Date.parse(times[1] ?? ''), to: Date.parse(times[1] ?? '') };
    assert.equal((await store.reader.events(HOST_ID, ofSecond)).length, 2);
    assert.deepEqual(await store.reader.events('another', EVERYTHING), []);
  });

  test(`${name}: an event whose clock is wrong stays with the day of its arrival`, async (context) => {
    const store = await open(context);
    const receivedAt = Date.parse('2026-11-24T12:00:00.000Z');
    const strays = [
      newEvent(1, '1970-01-01T00:00:09.000Z', { receivedAt }),
      newEvent(2, '2061-01-01T00:00:00.000Z', { receivedAt }),
    ];
    await store.commit((writer) => writer.addEvents([...strays, newEvent(3, '2026-11-23T12:00:00.000Z')]));
    const ids = (range: Partial<EventRange>) =>
      store.reader.events(HOST_ID, { ...EVERYTHING, ...range }).then((events) => events.map(({ place }) => place.id));
    assert.deepEqual(await ids({}), [2, 3, 1]);
    assert.deepEqual(await ids({ to: 10_000 }), [1]);
    assert.deepEqual(await ids({ limit: 1 }), [2]);
    const before = (await store.reader.events(HOST_ID, { ...EVERYTHING, limit: 2 })).at(-1)?.place ?? null;
    assert.deepEqual(await ids({ before }), [1]);
  });

  test(`${name}: an event is read as it was written, with the boot of its agent start`, async (context) => {
    const store = await open(context);
    const mark = { hostId: HOST_ID, agentStartedAt: STARTED_AT, bootId: 'boot-1', sequence: 4, at: 1_000 };
    const hostile = newEvent(1, STARTED_AT, {
      detail: "'; DROP TABLE events; --\u0000\ud83d",
      address: '::',
      inode: '0x1\u0000',
      holder: null,
      holders: 0,
    });
    await store.commit(async (writer) => {
      await writer.markSequences([mark]);
      await writer.addEvents([newEvent(2, STARTED_AT), hostile]);
    });
    const [second, first] = await store.reader.events(HOST_ID, EVERYTHING);
    const { place, bootId, ...read } = second ?? assert.fail('no event');
    const { hostId, receivedAt, id, ...written } = newEvent(2, STARTED_AT);
    assert.deepEqual(read, written);
    assert.deepEqual([place.at, place.id, bootId, hostId], [receivedAt, id, 'boot-1', HOST_ID]);
    assert.deepEqual([first?.holder, first?.detail, first?.address], [null, hostile.detail, '::']);
    assert.equal(await store.reader.sequenceOf(HOST_ID, STARTED_AT), 4);
    assert.equal(await store.reader.sequenceOf(HOST_ID, '2026-11-23T16:00:00.000Z'), null);
    const asked = [{ hostId: HOST_ID, agentStartedAt: STARTED_AT }];
    const known = await store.commit((writer) => writer.sequencesOf(asked));
    assert.deepEqual(known, [{ hostId: HOST_ID, agentStartedAt: STARTED_AT, sequence: 4 }]);
  });

  test(`${name}: machines are filtered, sorted and paged`, async (context) => {
    const store = await open(context);
    const names = ['web-01', 'web-02', 'db-01', '100%_sure', 'WEB-03'];
    for (const [index, hostName] of names.entries()) await save(store, machine(`machine-${index}`, hostName));
    await store.commit((writer) => writer.markSeen([seenAt('machine-1', 9_000)]));
    const query: HostQuery = { filters: [], sort: 'name', isDescending: false, after: null, limit: 10 };
    const namesOf = async (changes: Partial<HostQuery>): Promise<readonly string[]> =>
      (await store.reader.hosts({ ...query, ...changes })).map(({ host }) => host.host.name);
    assert.deepEqual(await namesOf({}), ['100%_sure', 'WEB-03', 'db-01', 'web-01', 'web-02']);
    assert.deepEqual(await namesOf({ after: { value: 'db-01', id: 'machine-2' }, limit: 1 }), ['web-01']);
    assert.deepEqual(await namesOf({ sort: 'lastSeenAt', isDescending: true, limit: 1 }), ['web-02']);
    assert.deepEqual(await namesOf({ filters: [{ field: 'name', patterns: ['web-*'], isNegated: false }] }), [
      'WEB-03',
      'web-01',
      'web-02',
    ]);
    assert.deepEqual(await namesOf({ filters: [{ field: 'name', patterns: ['*%_*'], isNegated: false }] }), [
      '100%_sure',
    ]);
    const notWeb = [{ field: 'group', patterns: ['web', 'db'], isNegated: true }] as const;
    assert.deepEqual(await namesOf({ filters: notWeb }), ['100%_sure']);
    assert.equal(await store.reader.countHosts(notWeb), 1);
    assert.deepEqual(await store.reader.hostIdsNamed('web-02'), ['machine-1']);
  });

  test(`${name}: the fleet's sums, its map and its silent machines follow the rows`, async (context) => {
    const store = await open(context);
    await save(store, machine('machine-1', 'web-01'));
    await save(store, machine('machine-2', 'web-02'));
    const gone = machine('machine-3', 'db-01');
    await save(store, { ...gone, host: { ...gone.host, hasLeft: true } });
    const seen = ['machine-1', 'machine-2', 'machine-3'].map((hostId, index) => seenAt(hostId, index * 1_000));
    await store.commit((writer) => writer.markSeen(seen));
    const { machines, listeners, loopback } = await store.reader.totals();
    assert.deepEqual([machines, listeners, loopback], [3, 3, 3]);
    assert.deepEqual([await store.reader.countSilent(1_000), await store.reader.countLeft()], [1, 1]);
    assert.deepEqual(await store.reader.heardBetween(0, 1_000), [{ id: 'machine-1', name: 'web-01' }]);
    await store.commit((writer) => writer.markSeen([{ ...seenAt('machine-1', 0), aliveEverySeconds: 20 }]));
    assert.equal(await store.reader.countSilent(1_000), 0, 'who was asked to come less often is silent later');
    assert.equal(await store.reader.countSilent(20_001), 2);
    assert.deepEqual(await store.reader.heardBetween(20_000, 20_001), [{ id: 'machine-1', name: 'web-01' }]);
    await store.commit((writer) => writer.markSeen([seenAt('machine-1', 0)]));
    const cells = await store.reader.mapCells();
    assert.deepEqual(
      cells.map(({ group, name: cell, hasLeft, heardAt }) => [group, cell, hasLeft, heardAt]),
      [
        ['db', 'db-01', true, 2_000],
        ['web', 'web-01', false, 0],
        ['web', 'web-02', false, 1_000],
      ],
    );
  });

  test(`${name}: each machine’s last change is told, oldest first`, async (context) => {
    const store = await open(context);
    assert.equal(await store.reader.lastChangeAt(), 0);
    await save(store, machine('machine-1', 'web-01'));
    await save(store, machine('machine-2', 'web-02'));
    await store.commit((writer) => writer.announce([{ hostId: 'machine-1', at: 2_000, haveFindingsChanged: false }]));
    assert.deepEqual(await store.reader.changedSince(2_000, 10), [
      { at: 2_000, findingsAt: 0, id: 'machine-1', name: 'web-01' },
    ]);
    const all = await store.reader.changedSince(0, 10);
    assert.deepEqual(
      all.map(({ id }) => id),
      ['machine-2', 'machine-1'],
    );
    assert.equal(await store.reader.lastChangeAt(), 2_000);
  });

  test(`${name}: secrets are made once`, async (context) => {
    const store = await open(context);
    const made = [await secretOf(store, 'first'), await secretOf(store, 'second')];
    assert.deepEqual(made, ['first', 'first']);
    await store.probe();
  });

  test(`${name}: what is too old goes, a bounded number at a time`, async (context) => {
    const store = await open(context);
    await save(store, machine('machine-1', 'web-01'));
    await save(store, machine('machine-2', 'web-02'));
    const day = Date.parse('2026-11-23T00:00:00.000Z');
    const dayBefore = newEvent(1, new Date(day - 1).toISOString());
    await store.commit(async (writer) => {
      await writer.addEvents([
        { ...dayBefore, hostId: 'machine-1' },
        { ...newEvent(2, STARTED_AT), hostId: 'machine-1' },
        { ...newEvent(3, STARTED_AT), hostId: 'machine-2' },
      ]);
      await writer.addGaps([
        { hostId: 'machine-1', from: 500, to: 900 },
        { hostId: 'machine-1', from: day, to: day + 5_000 },
      ]);
      await writer.markSeen([seenAt('machine-1', 9_000), seenAt('machine-2', 10)]);
    });
    // The day of that time is kept whole.
    const limits = { receivedBefore: day + 1_000, hostsSeenBefore: 100, atMost: 2 };
    const removed = [
      await store.commit((writer) => writer.removeOld(limits)),
      await store.commit((writer) => writer.removeOld(limits)),
    ];
    assert.deepEqual(removed, [
      { days: ['2026-11-22'], findings: 0, hostIds: ['machine-2'] },
      { days: [], findings: 0, hostIds: [] },
    ]);
    assert.deepEqual(
      (await store.reader.events('machine-1', EVERYTHING)).map(({ place }) => place.id),
      [2],
    );
    assert.deepEqual(await store.reader.events('machine-2', EVERYTHING), []);
    assert.deepEqual(await store.reader.gaps('machine-1', 0), [{ from: day, to: day + 5_000 }]);
    assert.equal(await store.reader.machine('machine-2'), null);
  });
}

function secretOf(store: Store, text: string): Promise<string> {
  return store.commit((writer) => writer.secret('key', () => text));
}
