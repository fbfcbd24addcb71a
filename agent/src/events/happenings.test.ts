import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { drift, ladder } from '../../test/findings.ts';
import { holder, sight, snapshot } from '../../test/snapshots.ts';
import { type Event, type Finding, type Holder } from '../contract.ts';
import { RecentHappenings } from './happenings.ts';

const STARTED = new Date('2026-11-23T02:00:00.000Z');
const recent = (sizes = {}) => new RecentHappenings({ agentStartedAt: STARTED, ...sizes });

const opened = (id: number, holders: readonly Holder[] = [holder()]): Event => ({
  id,
  at: '2026-11-23T03:14:07.000Z',
  kind: 'opened',
  protocol: 'tcp',
  address: '127.0.0.1',
  port: id,
  networkNamespace: '4026531840',
  inode: String(id),
  holders,
  detail: null,
});

const seenWith = (findings: readonly Finding[], takenAt = '2026-11-23T03:14:07.000Z') => ({
  ...sight([]),
  snapshot: snapshot([], { findings, takenAt }),
});
const sequences = (log: RecentHappenings, since: number, limit?: number) =>
  log.since(since, limit).items.map(({ sequence }) => sequence);

suite('recent happenings', () => {
  test('are numbered from 1 and told from any number on', () => {
    const log = recent();
    log.see(sight([]), [opened(1), opened(2)]);
    log.see(sight([]), []);
    log.see(sight([]), [opened(3)]);
    assert.deepEqual(sequences(log, 0), [1, 2, 3]);
    assert.deepEqual(sequences(log, 2), [3]);
    assert.deepEqual(log.since(3), { items: [], lastSequence: 3, dropped: 0, agentStartedAt: STARTED.toISOString() });
  });

  test('are forgotten beyond the capacity, the oldest first, and counted', () => {
    const log = recent({ capacity: 3 });
    for (let id = 1; id <= 8; id += 1) log.see(sight([]), [opened(id)]);
    assert.deepEqual(sequences(log, 0), [6, 7, 8]);
    assert.equal(log.since(0).dropped, 5);
    assert.equal(log.since(4).dropped, 1);
    assert.equal(log.since(6).dropped, 0);
    assert.equal(log.next(0)?.sequence, 6);
    assert.equal(log.next(8), undefined);
  });

  test('are forgotten when they weigh too much, but the newest one stays', () => {
    const log = recent({ mostBytes: 50_000 });
    const heavy = [holder({ commandLine: ['x'.repeat(20_000)] })];
    for (let id = 1; id <= 5; id += 1) log.see(sight([]), [opened(id, heavy)]);
    assert.deepEqual(sequences(log, 0), [4, 5]);
    log.see(sight([]), [opened(6, Array<Holder>(64).fill(heavy[0]!))]);
    assert.deepEqual(sequences(log, 0), [6]);
    for (let id = 7; id <= 30; id += 1) log.see(sight([]), [opened(id)]);
    assert.equal(log.since(0).items.length, 24, 'what was forgotten weighs nothing');
  });

  test('are the newest ones where fewer are asked for', () => {
    const log = recent();
    log.see(sight([]), [opened(1), opened(2), opened(3)]);
    assert.deepEqual(sequences(log, 0, 2), [2, 3]);
    assert.deepEqual(sequences(log, 2, 2), [3]);
    assert.deepEqual(sequences(log, 0, 0), []);
    assert.deepEqual([log.since(0, 0).lastSequence, log.since(0, 0).dropped], [3, 0]);
  });

  test('are told from the beginning to who brings a number of an earlier start', () => {
    const log = recent();
    log.see(sight([]), [opened(1)]);
    assert.deepEqual(sequences(log, 700), [1]);
  });

  test('hold findings that open and close, after the events of their look', () => {
    const log = recent();
    log.see(seenWith([]), []);
    log.see(seenWith([drift()]), [opened(1)]);
    log.see(seenWith([drift({ severity: 'warning' })]), []);
    log.see(seenWith([ladder({ id: 'aaaaaaaaaaaaaaaa' })]), []);
    const told = log.since(0).items.map((one) => ('finding' in one ? [one.kind, one.finding.severity] : one.kind));
    assert.deepEqual(told, [
      'opened',
      ['finding-opened', 'critical'],
      ['finding-closed', 'warning'],
      ['finding-opened', 'critical'],
    ]);
  });

  test('of a first look hold the findings it found, not those of an earlier start', () => {
    const log = recent();
    const found = drift({ detectedAt: '2026-11-23T03:14:07.000Z' });
    log.see(seenWith([found, ladder({ id: 'aaaaaaaaaaaaaaaa' })]), []);
    assert.deepEqual(
      log.since(0).items.map((one) => 'finding' in one && one.finding.id),
      [found.id],
    );
  });

  test('call who listens once a look, and only when there is something', () => {
    const log = recent();
    let calls = 0;
    const stop = log.onAdded(() => (calls += 1));
    log.see(sight([]), [opened(1), opened(2)]);
    log.see(sight([]), []);
    stop();
    log.see(sight([]), [opened(3)]);
    assert.equal(calls, 1);
  });
});
