import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ALIVE_EVERY_SECONDS } from '../silence.ts';
import { nextPace, Pace, type Load } from './pace.ts';

const BUSY: Load = { utilization: 0.95, delayMs: 20 };
const STUCK: Load = { utilization: 0.5, delayMs: 400 };
const BETWEEN: Load = { utilization: 0.7, delayMs: 20 };
const IDLE: Load = { utilization: 0.1, delayMs: 1 };

function paceAfter(seconds: number, ...loads: readonly Load[]): number {
  return loads.reduce(nextPace, seconds);
}

test('a busy server asks its agents to come less often, up to once a minute', () => {
  assert.equal(paceAfter(15, BUSY), 23);
  assert.equal(paceAfter(15, STUCK), 23);
  assert.equal(paceAfter(15, BUSY, BUSY, BUSY, BUSY), 60);
  assert.equal(paceAfter(60, BUSY), 60);
});

test('at ease it takes that back, a second at a time', () => {
  assert.equal(paceAfter(23, IDLE, IDLE), 21);
  assert.equal(paceAfter(15, IDLE), ALIVE_EVERY_SECONDS);
});

test('in between it stays as it is', () => {
  assert.equal(paceAfter(40, BETWEEN, BETWEEN), 40);
});

test('whatever the load, the pace stays within 15 to 60 whole seconds', () => {
  const load = fc.record({ utilization: fc.double({ min: 0, max: 1, noNaN: true }), delayMs: fc.nat(10_000) });
  fc.assert(
    fc.property(fc.array(load), (loads) => {
      const seconds = paceAfter(ALIVE_EVERY_SECONDS, ...loads);
      assert.ok(Number.isInteger(seconds) && seconds >= ALIVE_EVERY_SECONDS && seconds <= 60);
    }),
  );
});

test('an event loop that does nothing but work is felt', async (context) => {
  const pace = new Pace();
  context.after(() => {
    pace.close();
  });
  pace.observe();
  for (let turn = 0; turn < 10; turn += 1) {
    const until = performance.now() + 60;
    while (performance.now() < until);
    await new Promise(setImmediate);
  }
  pace.observe();
  assert.ok(pace.aliveEverySeconds > ALIVE_EVERY_SECONDS);
});
