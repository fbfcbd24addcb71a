import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, Instant } from '@portlight/agent/contract';
import { drift, DRIFT_GROUP, DRIFT_ID, HOST_ID, ladder, LADDER_ID, troubled } from '../../test/bodies.ts';
import { afterFull } from '../ingest/machine-state.ts';
import type { FindingChanges, FindingQuery } from './finding-store.ts';
import type { Store } from './store.ts';
import type { OpenTrialStore } from './store.suite.ts';

const at = (minute: number): Instant => new Date(Date.UTC(2026, 10, 23, 15, minute)).toISOString();
const ms = (minute: number): number => Date.parse(at(minute));
const NOTHING: FindingChanges = { opened: [], changed: [], closed: [], receivedAt: 1_000 };
const OPEN: FindingQuery = { filters: [], isOpen: true, kind: null, after: null, limit: 10 };

/** A machine as it is after a push of these findings. */
async function save(store: Store, findings: readonly Finding[], id = HOST_ID, name = 'web-01'): Promise<void> {
  const { host } = afterFull(null, troubled(id, name, findings), { at: 1_000, address: null });
  await store.commit(async (writer) => {
    await writer.saveHosts([host]);
    await writer.saveFindings([{ hostId: id, ...NOTHING, opened: findings }]);
  });
}

function change(store: Store, changes: Partial<FindingChanges>): Promise<void> {
  return store.commit((writer) => writer.saveFindings([{ hostId: HOST_ID, ...NOTHING, ...changes }]));
}

function close(store: Store, minute: number, receivedAt = 1_000): Promise<void> {
  return change(store, { closed: [{ id: DRIFT_ID, closedAt: at(minute) }], receivedAt });
}

async function openIds(store: Store): Promise<readonly string[]> {
  const open = await store.commit((writer) => writer.openFindings([HOST_ID]));
  return open.map(({ finding }) => finding.id).toSorted();
}

/** What every store must do with findings. */
export function findingSuite(name: string, open: OpenTrialStore): void {
  test(`${name}: findings are read as they were told, until they close`, async (context) => {
    const store = await open(context);
    await save(store, [drift(), ladder()]);
    const machine = await store.reader.machine(HOST_ID);
    assert.deepEqual(new Set(machine?.findings), new Set([drift(), ladder()]));
    assert.equal(machine?.host.worstKind, 'ladder');
    await change(store, { changed: [drift({ title: 'another' })] });
    await change(store, { closed: [{ id: LADDER_ID, closedAt: at(20) }] });
    assert.deepEqual((await store.reader.machine(HOST_ID))?.findings, [drift({ title: 'another' })]);
    assert.deepEqual(await openIds(store), [DRIFT_ID]);
  });

  test(`${name}: a finding is open once on its machine, and each opening is kept`, async (context) => {
    const store = await open(context);
    await save(store, [drift()]);
    await assert.rejects(change(store, { opened: [drift()] }));
    await close(store, 20);
    await change(store, { opened: [drift({ since: at(30) })] });
    const kept = await store.reader.findingsBetween(HOST_ID, 0, ms(60));
    assert.deepEqual(
      kept.map(({ finding, closedAt }) => [finding.since, closedAt]),
      [
        [drift().since, at(20)],
        [at(30), null],
      ],
    );
    // A closed one stays as it was told.
    await change(store, { changed: [drift({ title: 'another' })] });
    assert.equal((await store.reader.findingsBetween(HOST_ID, 0, ms(20)))[0]?.finding.title, drift().title);
  });

  test(`${name}: findings of a time are those that touch it`, async (context) => {
    const store = await open(context);
    await save(store, [drift({ since: at(10) }), ladder({ since: at(30) })]);
    await close(store, 20);
    const idsBetween = async (from: number, to: number): Promise<readonly string[]> =>
      (await store.reader.findingsBetween(HOST_ID, ms(from), ms(to))).map(({ finding }) => finding.id);
    assert.deepEqual(await idsBetween(0, 9), []);
    assert.deepEqual(await idsBetween(0, 10), [DRIFT_ID]);
    assert.deepEqual(await idsBetween(20, 30), [DRIFT_ID, LADDER_ID]);
    assert.deepEqual(await idsBetween(21, 29), []);
    assert.deepEqual(await idsBetween(50, 60), [LADDER_ID]);
    assert.deepEqual(await store.reader.findingsBetween('another', 0, ms(60)), []);
  });

  test(`${name}: events and findings of a transaction that fails leave nothing`, async (context) => {
    const store = await open(context);
    await save(store, []);
    const failing = store.commit(async (writer) => {
      await writer.saveFindings([{ hostId: HOST_ID, ...NOTHING, opened: [drift()] }]);
      await writer.announce([{ hostId: HOST_ID, at: 1_000, haveFindingsChanged: true }]);
      throw new Error('in the middle');
    });
    await assert.rejects(failing, /in the middle/);
    assert.deepEqual(await openIds(store), []);
    assert.equal(await store.reader.lastChangeAt(), 0);
  });

  test(`${name}: the feed tells whether findings changed`, async (context) => {
    const store = await open(context);
    await save(store, []);
    const announce = async (at: number, haveFindingsChanged: boolean): Promise<void> => {
      await store.commit((writer) => writer.announce([{ hostId: HOST_ID, at, haveFindingsChanged }]));
    };
    await announce(1_000, false);
    const [first] = await store.reader.changedSince(0, 10);
    await announce(2_000, true);
    await announce(3_000, false);
    const [last] = await store.reader.changedSince(0, 10);
    assert.deepEqual([first?.at, first?.findingsAt, last?.at, last?.findingsAt], [1_000, 0, 3_000, 2_000]);
  });

  test(`${name}: a group has each machine once, by its newest opening`, async (context) => {
    const store = await open(context);
    await save(store, [drift()]);
    await save(store, [drift({ since: at(5) })], 'machine-2', 'web-02');
    await close(store, 20);
    await change(store, { opened: [drift({ since: at(30) })] });
    await close(store, 40);
    const { groups, total } = await store.reader.findingGroups(OPEN);
    assert.deepEqual([total, groups.length, groups[0]?.machines, groups[0]?.membersOmitted], [1, 1, 1, 0]);
    assert.deepEqual(
      groups[0]?.members.map(({ hostName, since, closedAt }) => [hostName, since, closedAt]),
      [
        ['web-02', at(5), null],
        ['web-01', at(30), at(40)],
      ],
    );
    assert.equal((await store.reader.findingGroup(DRIFT_GROUP))?.told.since, at(5));
    assert.equal(await store.reader.findingGroup('unknown'), null);
  });

  test(`${name}: a group that ended is told by the newest opening on each machine`, async (context) => {
    const store = await open(context);
    await save(store, [drift()]);
    await close(store, 20);
    await change(store, { opened: [drift({ since: at(30) })] });
    await close(store, 40);
    const { groups, total } = await store.reader.findingGroups({ ...OPEN, isOpen: false });
    assert.deepEqual(
      [total, groups.map(({ machines, place, closedAt }) => [machines, place.since, closedAt])],
      [1, [[1, ms(30), at(40)]]],
    );
  });

  test(`${name}: closed findings go when they are too old by the server’s clock, a bounded number at a time`, async (context) => {
    const store = await open(context);
    const limits = { receivedBefore: 6_000, hostsSeenBefore: 0, atMost: 2 };
    await save(store, [drift(), ladder()]);
    for (const [minute, receivedAt] of [
      [1, 3_000],
      [2, 4_000],
      [3, 5_000],
      [4, 6_000],
    ] as const) {
      await close(store, minute, receivedAt);
      await change(store, { opened: [drift()] });
    }
    const remove = async (): Promise<number> => (await store.commit((writer) => writer.removeOld(limits))).findings;
    assert.deepEqual([await remove(), await remove(), await remove()], [2, 1, 0]);
    const kept = await store.reader.findingsBetween(HOST_ID, 0, ms(60));
    assert.deepEqual(kept.map(({ closedAt }) => closedAt).toSorted(), [at(4), null, null]);
  });

  test(`${name}: a machine’s findings go with it`, async (context) => {
    const store = await open(context);
    await save(store, [drift()]);
    await save(store, [drift()], 'machine-2', 'web-02');
    await store.commit((writer) =>
      writer.markSeen([{ hostId: HOST_ID, at: 10, clockOffsetMs: 0, aliveEverySeconds: 15 }]),
    );
    const limits = { receivedBefore: 0, hostsSeenBefore: 100, atMost: 10 };
    await store.commit((writer) => writer.removeOld(limits));
    const { groups } = await store.reader.findingGroups(OPEN);
    assert.deepEqual(
      groups[0]?.members.map(({ hostName }) => hostName),
      ['web-02'],
    );
    assert.equal((await store.reader.troubles()).offPort.machines, 1);
  });
}
