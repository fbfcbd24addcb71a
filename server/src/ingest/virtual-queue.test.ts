import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualQueue } from './virtual-queue.ts';

/** A queue with a clock that is set by hand. */
function queueAt(start: number) {
  const clock = { at: start };
  return { clock, queue: new VirtualQueue(() => clock.at) };
}

/** Sends everyone away at one moment; how many were told each number of seconds. */
function told(queue: VirtualQueue, machines: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let machine = 0; machine < machines; machine += 1) {
    const seconds = queue.secondsToWait();
    counts.set(seconds, (counts.get(seconds) ?? 0) + 1);
  }
  return counts;
}

test('who is sent away first comes again first, no more a second than can be served', () => {
  const { queue } = queueAt(1_000);
  const counts = told(queue, 10_000);
  assert.deepEqual([...counts.keys()], [2, 3, 4, 5, 6]);
  assert.deepEqual([...counts.values()], [2_000, 2_000, 2_000, 2_000, 2_000]);
});

test('the slower the others are served, the further apart they come', () => {
  const { clock, queue } = queueAt(1_000);
  for (let served = 0; served < 20_000; served += 1) {
    if (served % 50 === 0) queue.secondsToWait();
    clock.at += 4;
    queue.served();
  }
  clock.at += 120_000;
  const counts = told(queue, 1_000);
  assert.ok(Math.abs((counts.get(3) ?? 0) - 250) <= 2, JSON.stringify([...counts]));
});

test('commits that serve hundreds at once count by their pace', () => {
  const { clock, queue } = queueAt(1_000);
  for (let commit = 0; commit < 400; commit += 1) {
    queue.secondsToWait();
    clock.at += 50;
    for (let served = 0; served < 100; served += 1) queue.served();
  }
  clock.at += 120_000;
  const inOneSecond = told(queue, 20_000).get(3) ?? 0;
  assert.ok(inOneSecond > 1_500 && inOneSecond < 2_500, `${inOneSecond} a second`);
});

test('what comes now and then says nothing about the pace', () => {
  const { clock, queue } = queueAt(1_000);
  for (let served = 0; served < 10_000; served += 1) {
    clock.at += 900;
    queue.served();
  }
  assert.deepEqual([...told(queue, 2_000)], [[2, 2_000]]);
});

test('nobody is told to wait longer than two minutes', () => {
  const { queue } = queueAt(1_000);
  assert.equal(Math.max(...told(queue, 1_000_000).keys()), 120);
});
