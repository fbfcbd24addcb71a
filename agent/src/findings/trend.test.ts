import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { growthOf, Trend, type Reading } from './trend.ts';

const readings = (count: number, used: (minute: number) => number): readonly Reading[] =>
  Array.from({ length: count }, (_, minute) => ({ minute, used: used(minute) }));

test('the line through readings tells how fast they grow, and how well it fits', () => {
  const { perMinute, fit, isGrowing } = growthOf({ readings: readings(30, (minute) => 100 + 248 * minute) });
  assert.ok(Math.abs(perMinute - 248) < 1e-9 && fit > 0.999_999);
  assert.equal(isGrowing, true);
});

const RESTLESS: Readonly<Record<string, readonly Reading[]>> = {
  nothing: [],
  'one reading': readings(1, () => 7),
  'less than half an hour': readings(29, (minute) => minute),
  'what stays': readings(60, () => 500),
  'what falls': readings(60, (minute) => 500 - minute),
  'what goes up and down': readings(60, (minute) => 500 + minute + (minute % 2) * 40),
  'a sawtooth': readings(60, (minute) => (minute * 10) % 250),
  'a step': readings(60, (minute) => (minute < 5 ? 100 : 200)),
};

suite('it does not grow:', () => {
  for (const [what, of] of Object.entries(RESTLESS)) {
    test(what, () => assert.equal(growthOf({ readings: of }).isGrowing, false));
  }
});

test('who needs less than half an hour may say so', () => {
  assert.equal(growthOf({ readings: readings(5, (minute) => minute) }, 5).isGrowing, true);
});

test('a minute that is over is told by its median', () => {
  const trend = new Trend();
  for (const used of [10, 900, 12, 11]) assert.equal(trend.note(7, used), null);
  assert.deepEqual(trend.note(8, 5), { minute: 7, used: 12 });
  assert.deepEqual(trend.readings, [{ minute: 7, used: 12 }]);
});

test('readings are kept for an hour, however long it runs', () => {
  const trend = new Trend();
  for (let minute = 0; minute <= 200; minute++) trend.note(minute, minute * 2);
  assert.deepEqual([trend.readings.length, trend.readings[0]?.minute, trend.readings.at(-1)?.minute], [60, 140, 199]);
  assert.equal(trend.slope.perMinute, 2);
});

test('a clock that is put back or on begins anew', () => {
  for (const step of [-90, 90]) {
    const trend = new Trend();
    for (let minute = 1000; minute < 1040; minute++) trend.note(minute, minute);
    for (let minute = 1040 + step; minute < 1045 + step; minute++) trend.note(minute, minute);
    assert.deepEqual(
      trend.readings.map(({ minute }) => minute - step),
      [1040, 1041, 1042, 1043],
    );
  }
});
