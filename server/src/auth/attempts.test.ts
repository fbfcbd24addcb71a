import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from '../audit/failures.ts';
import { Attempts } from './attempts.ts';

function trial() {
  const clock = { now: 0 };
  const told: Failure[] = [];
  const attempts = new Attempts({ now: () => clock.now, onFailure: (failure) => told.push(failure) });
  const fail = (address: string) =>
    attempts.refusal(address, { kind: 'sign-in', code: 'unknown-token', message: 'no', hint: 'yes' });
  return { clock, told, fail };
}

test('the twenty-first failure within a minute is answered by 429, with the time that is left', () => {
  const { clock, told, fail } = trial();
  for (let failure = 0; failure < 20; failure += 1) assert.equal(fail('192.0.2.1').status, 401);
  clock.now = 20_500;
  const refusal = fail('192.0.2.1');
  assert.deepEqual([refusal.status, refusal.details.retryAfterSeconds], [429, 40]);
  assert.equal(fail('192.0.2.2').status, 401);
  assert.deepEqual(
    told.filter(({ isLimited }) => isLimited).map(({ address, count }) => [address, count]),
    [['192.0.2.1', 20]],
  );
  clock.now = 60_000;
  assert.equal(fail('192.0.2.1').status, 401);
});

test('addresses of one IPv6 network count together: whoever has one has them all', () => {
  const { fail } = trial();
  for (let failure = 0; failure < 20; failure += 1) fail(`2001:db8:0:1::${failure.toString(16)}`);
  assert.equal(fail('2001:db8::1:ffff:0:0:1').status, 429);
  assert.equal(fail('2001:db8:0:2::1').status, 401);
});

test('an attacker with very many addresses pushes out the oldest, not the memory', () => {
  const { fail } = trial();
  for (let failure = 0; failure < 20; failure += 1) fail('192.0.2.1');
  for (let address = 0; address < 10_000; address += 1) fail(`10.1.${address >> 8}.${address & 255}`);
  assert.equal(fail('192.0.2.1').status, 401);
});
