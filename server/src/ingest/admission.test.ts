import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../refusal.ts';
import { Admission } from './admission.ts';

function admission(bodies: number, bytes: number): Admission {
  return new Admission(() => performance.now(), { bodies, bytes });
}

function refusesWithRetryAfter(attempt: () => unknown): void {
  assert.throws(attempt, (cause) => {
    assert.ok(cause instanceof Refusal);
    assert.equal(cause.status, 503);
    return (cause.details.retryAfterSeconds ?? 0) >= 1;
  });
}

test('no more are let in than there are places, until one leaves', () => {
  const door = admission(2, 1_000);
  const first = door.enter('a', 10);
  door.enter('b', 10);
  refusesWithRetryAfter(() => door.enter('c', 10));
  first.leave();
  // To no effect: or two could come for one that left.
  first.leave();
  door.enter('c', 10);
  refusesWithRetryAfter(() => door.enter('d', 10));
});

test('no more are let in than there is room for their bytes', () => {
  const door = admission(10, 1_000);
  const large = door.enter('a', 900);
  refusesWithRetryAfter(() => door.enter('b', 200));
  large.holds(100);
  const small = door.enter('b', 200);
  refusesWithRetryAfter(() => {
    small.holds(950);
  });
  small.leave();
  door.enter('c', 900);
});

test('what is larger than all the room is let in alone', () => {
  const door = admission(10, 1_000);
  const giant = door.enter('a', 5_000);
  giant.holds(6_000);
  refusesWithRetryAfter(() => door.enter('b', 1));
  giant.leave();
  door.enter('b', 1);
});

test('a machine has one place; where nobody knows which it is, there is no such bound', () => {
  const door = admission(10, 1_000);
  const first = door.enter('a', 1);
  refusesWithRetryAfter(() => door.enter('a', 1));
  first.leave();
  door.enter('a', 1);
  door.enter(null, 1);
  door.enter(null, 1);
});

test('each turn is taken in a round of the event loop of its own', async () => {
  const door = admission(10, 1_000);
  let round = 0;
  let isOver = false;
  const count = (): void => {
    round += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const rounds = await Promise.all(
    Array.from({ length: 5 }, () =>
      door
        .enter(null, 1)
        .turn()
        .then(() => round),
    ),
  );
  isOver = true;
  assert.equal(new Set(rounds).size, 5, rounds.join(' '));
});
