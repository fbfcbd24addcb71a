import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { holder } from '../../test/snapshots.ts';
import { type Holder } from '../contract.ts';
import { newnessOf, type Newness, type Reference } from './newer-than.ts';

type ProcessReference = Extract<Reference, { kind: 'process' }>;
type TimeReference = Extract<Reference, { kind: 'time' }>;

suite('newer than a process', () => {
  const OLD: ProcessReference = {
    kind: 'process',
    pid: 100,
    startTicks: 5000,
    checkStartTicks: 9000,
    arePidsInOrder: false,
  };
  const GONE = { ...OLD, startTicks: null };
  const cases: readonly (readonly [string, Partial<Holder>, ProcessReference, Newness['kind']])[] = [
    ['started after it', { pid: 101, startTicks: 5001 }, OLD, 'newer'],
    ['started before it, its pid higher', { pid: 101, startTicks: 4999 }, OLD, 'older'],
    ['started in the same moment', { pid: 101, startTicks: 5000 }, OLD, 'older'],
    ['it is that very process', { pid: 100, startTicks: 5000 }, OLD, 'older'],
    ['it may be that very process', { pid: 100, startTicks: 9500 }, GONE, 'older'],
    ['its own start is hidden', { pid: 101, startTicks: null }, OLD, 'unknown'],
    ['that one is gone', { pid: 101, startTicks: 8000 }, GONE, 'unknown'],
    ['that one is gone, this one began during the check', { pid: 101, startTicks: 9001 }, GONE, 'newer'],
    [
      'that one is gone, pids never began again',
      { pid: 101, startTicks: 8000 },
      { ...GONE, arePidsInOrder: true },
      'newer',
    ],
    ['that one is gone, this pid is lower', { pid: 99, startTicks: 8000 }, { ...GONE, arePidsInOrder: true }, 'older'],
    ['all is hidden', { pid: 101, startTicks: 9500 }, { ...GONE, checkStartTicks: null }, 'unknown'],
  ];
  for (const [what, changes, reference, kind] of cases) {
    test(`${what}: ${kind}`, () => assert.equal(newnessOf(holder(changes), reference).kind, kind));
  }

  test('what cannot be told comes with the remedy', () => {
    const newness = newnessOf(holder({ pid: 101 }), GONE);
    assert.match(newness.kind === 'unknown' ? newness.why : '', /^pid 100 is gone, .*: --newer-than "\$\(date -Is\)"$/);
  });
});

suite('newer than a time', () => {
  const BOOT = Date.parse('2026-11-23T00:00:00.400Z');
  const AT: TimeReference = { kind: 'time', at: new Date('2026-11-23T01:00:00.000Z'), bootedAtMs: BOOT };
  const ROUGH = { ...AT, bootedAtMs: null };
  /** One hour and less of the boot's own 400 ms, in ticks. */
  const EXACT = 360_000 - 40;
  const cases: readonly (readonly [string, Partial<Holder>, TimeReference, Newness['kind']])[] = [
    ['started at it', { startTicks: EXACT }, AT, 'newer'],
    ['started 10 ms before', { startTicks: EXACT - 1 }, AT, 'older'],
    ['to the second: at it', { startedAt: '2026-11-23T01:00:00.000Z' }, ROUGH, 'newer'],
    ['to the second: perhaps', { startedAt: '2026-11-23T00:59:59.010Z' }, ROUGH, 'unknown'],
    ['to the second: before', { startedAt: '2026-11-23T00:59:59.000Z' }, ROUGH, 'older'],
    ['the boot time is hidden', { startedAt: null }, ROUGH, 'unknown'],
    ['its own start is hidden', { startTicks: null }, AT, 'unknown'],
  ];
  for (const [what, changes, reference, kind] of cases) {
    test(`${what}: ${kind}`, () => assert.equal(newnessOf(holder(changes), reference).kind, kind));
  }
});
