import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holder, listener } from '../../test/bodies.ts';
import type { KeptListener } from '../store/store.ts';
import { areSameRows, rowsHash } from './rows-hash.ts';

const kept = (changes: object = {}): KeptListener => listener({ holders: [7], ...changes });
const processes = new Map([[7, holder({ pid: 7 })]]);
const hashOf = (...changes: readonly object[]): string => rowsHash('digest', changes.map(kept), processes);

test('the order of rows and since when they are open do not count', () => {
  assert.equal(
    hashOf({ port: 1 }, { port: 2 }),
    hashOf({ port: 2 }, { port: 1, openedAt: '2026-11-23T15:00:00.000Z' }),
  );
});

test('numbers that move leave the rows the same, but not the name', () => {
  const [before, after] = [hashOf({ acceptQueue: 0 }), hashOf({ acceptQueue: 7 })];
  assert.ok(areSameRows(before, after));
  assert.notEqual(before, after);
});

for (const changes of [
  { port: 3001 },
  { inode: '2' },
  { uid: 7 },
  { service: 'web' },
  { acceptQueueStuckSince: '2026-11-23T15:00:00.000Z' },
  { holders: [] },
]) {
  test(`other rows are told apart: ${JSON.stringify(changes)}`, () => {
    assert.ok(!areSameRows(hashOf({}), hashOf(changes)));
  });
}

test('another process of the same number is another row', () => {
  const other = new Map([[7, holder({ pid: 7, startTicks: 1 })]]);
  assert.ok(!areSameRows(hashOf({}), rowsHash('digest', [kept()], other)));
  assert.ok(!areSameRows(null, hashOf({})) && !areSameRows(null, null));
});

test('what only the digest tells is told apart', () => {
  assert.ok(!areSameRows(hashOf({}), rowsHash('another digest', [kept()], processes)));
});
