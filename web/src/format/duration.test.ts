import assert from 'node:assert/strict';
import test from 'node:test';
import { clockOffset, duration } from './duration.ts';

const seconds = (count: number) => count * 1000;
const hours = (count: number) => count * 3_600_000;

const durations = [
  [-seconds(3), '0 s'],
  [999, '0 s'],
  [seconds(18), '18 s'],
  [seconds(59.9), '59 s'],
  [seconds(60), '1 min'],
  [seconds(33 * 60), '33 min'],
  [hours(1), '1 h'],
  [hours(1) + seconds(38 * 60), '1 h 38 min'],
  [hours(24), '1 d'],
  [hours(6 * 24 + 1), '6 d 1 h'],
  [hours(41 * 24 + 7), '41 d'],
] as const;

for (const [ms, text] of durations) {
  test(`${ms} ms reads “${text}”`, () => {
    assert.equal(duration(ms), text);
  });
}

const offsets = [
  [3.2, '+3 ms'],
  [-1400, '−1.4 s'],
  [74_000, '+74 s'],
  [-3_720_000, '−1 h 2 min'],
] as const;

for (const [ms, text] of offsets) {
  test(`a clock offset of ${ms} ms reads “${text}”`, () => {
    assert.equal(clockOffset(ms), text);
  });
}
