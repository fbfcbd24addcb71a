import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { nextDue, startTicking } from './ticker.ts';

const CASES: readonly (readonly [string, number, number, number, number])[] = [
  ['on time', 1000, 1000, 500, 1500],
  ['a moment early, as timers may be', 1000, 999.4, 500, 1500],
  ['late, but before the next', 1000, 1499, 500, 1500],
  ['so late that two were missed', 1000, 2100, 500, 2500],
  ['late by exactly one', 1000, 1500, 500, 2000],
];
for (const [what, lastDue, now, every, expected] of CASES) {
  test(`called ${what}, the next is due at ${expected}`, () => assert.equal(nextDue(lastDue, now, every), expected));
}

test('it follows a width that changes, never calls early, and ends when told to', async () => {
  const begun = performance.now();
  const called: number[] = [];
  let everyMs = 20;
  await new Promise<void>((resolve) => {
    const stop = startTicking(
      () => {
        called.push(performance.now() - begun);
        everyMs = 60;
        if (called.length === 3) {
          stop();
          resolve();
        }
      },
      () => everyMs,
    );
  });
  const [first = 0, second = 0, third = 0] = called;
  // How late it is depends on the machine.
  assert.ok(first >= 20 && second >= 80 && third >= 140, called.join());
  await new Promise((resolve) => setTimeout(resolve, 130));
  assert.equal(called.length, 3);
});
