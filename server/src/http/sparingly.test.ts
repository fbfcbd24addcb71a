import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sparingly } from './sparingly.ts';

test('of one kind the first is told, then one every five seconds with the number of the others', () => {
  const clock = { at: 0 };
  const sparingly = new Sparingly(() => clock.at);
  const told: unknown[] = [];
  for (; clock.at < 12_000; clock.at += 1_000) {
    const { isDue, others } = sparingly.tell('disk-full');
    if (isDue) told.push([clock.at, others]);
  }
  assert.deepEqual(told, [
    [0, 0],
    [5_000, 4],
    [10_000, 4],
  ]);
  assert.deepEqual(sparingly.tell('too-many-at-once'), { isDue: true, others: 0 }, 'another kind is told at once');
});
