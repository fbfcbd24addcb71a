import assert from 'node:assert/strict';
import test from 'node:test';
import { retryDelayMs } from './retry.ts';

const least = () => 0;
const most = () => 0.999999;

test('the first tries come within 2 s of each other, even the slowest', () => {
  for (let failures = 1; failures <= 20; failures += 1) {
    assert.ok(retryDelayMs(failures, least) >= 1000);
    assert.ok(retryDelayMs(failures, most) < 1800);
  }
});

test('later pauses double up to half a minute', () => {
  const pauses = [21, 22, 23, 24, 25, 26, 1000].map((failures) => Math.round(retryDelayMs(failures, most)));
  assert.deepEqual(pauses, [2000, 4000, 8000, 16000, 30000, 30000, 30000]);
});

test('chance spreads a pause over its upper half', () => {
  assert.equal(retryDelayMs(25, least), 15_000);
});
