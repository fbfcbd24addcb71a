import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailureRecords, type Failure } from './failures.ts';

function failure(changes: Partial<Failure> = {}): Failure {
  return { kind: 'sign-in', address: '192.0.2.1', isFirst: true, count: 1, isLimited: false, ...changes };
}

test('the first failure of an address and the one it is limited from are recorded', () => {
  const failures = new FailureRecords(() => 1_000);
  assert.equal(failures.recordOf(failure())?.action, 'sign-in-failed');
  assert.equal(failures.recordOf(failure({ isFirst: false, count: 2 })), null);
  assert.match(
    failures.recordOf(failure({ isFirst: false, count: 20, isLimited: true }))?.detail ?? '',
    /^20 failures .* by 429$/,
  );
  assert.equal(failures.recordOf(failure({ kind: 'enrolment' }))?.action, 'enrolment-failed');
});

test('however many addresses try, records are few, and the next one tells how many are missing', () => {
  let now = 0;
  const failures = new FailureRecords(() => now);
  const tried = Array.from({ length: 1_000 }, (_, index) => failures.recordOf(failure({ address: `a${index}` })));
  assert.equal(tried.filter((record) => record !== null).length, 20);
  now = 60_000;
  assert.equal(failures.recordOf(failure())?.detail, '980 failures before this one were not recorded');
  assert.equal(failures.recordOf(failure())?.detail, '');
});
