import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roomPlan } from './room-plan.ts';

const MB = 2 ** 20;

const CASES: readonly (readonly [
  usedMb: number,
  freeMb: number,
  maxMb: number | null,
  tooLarge: boolean,
  muchFree: boolean,
])[] = [
  [1_000_000, 0, null, false, false],
  [100, 0, 100, false, false],
  [101, 0, 100, true, false],
  [1, 64, null, false, false],
  [1, 65, null, false, true],
  [1_000, 300, null, false, false],
  [1_000, 400, 900, true, true],
];

for (const [usedMb, freeMb, maxMb, isTooLarge, isMuchFree] of CASES) {
  test(`${usedMb} MB used, ${freeMb} free, ${maxMb ?? 'no'} MB allowed`, () => {
    const plan = roomPlan({ used: usedMb * MB, free: freeMb * MB }, maxMb === null ? null : maxMb * MB);
    assert.deepEqual(plan, { isTooLarge, isMuchFree });
  });
}
