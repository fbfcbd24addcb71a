import assert from 'node:assert/strict';
import test from 'node:test';
import { ServerClock } from './server-clock.ts';

function clockWithCounter() {
  const counter = { ms: 0 };
  return { counter, clock: new ServerClock(() => counter.ms) };
}

test('nothing is known before the first answer', () => {
  assert.equal(clockWithCounter().clock.now(), null);
});

test('time goes on between answers', () => {
  const { counter, clock } = clockWithCounter();
  clock.read(5_000_000);
  counter.ms = 1500;
  assert.equal(clock.now(), 5_001_500);
});

test('an answer that was long on its way does not turn the clock back', () => {
  const { counter, clock } = clockWithCounter();
  clock.read(5_000_000);
  counter.ms = 1000;
  clock.read(5_000_400);
  assert.equal(clock.now(), 5_001_000);
});

test('a step of the server clock is followed in both directions', () => {
  const { counter, clock } = clockWithCounter();
  clock.read(5_000_000);
  clock.read(1_000_000);
  assert.equal(clock.now(), 1_000_000);
  counter.ms = 10;
  clock.read(9_000_000);
  assert.equal(clock.now(), 9_000_000);
});
