import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTimeRange, type RangeAsked } from './time-range.ts';

const NOW = Date.parse('2026-11-23T15:00:00.000Z');
const range = (asked: RangeAsked): readonly string[] => {
  const { from, to } = parseTimeRange(asked, NOW, '-45m');
  return [new Date(from).toISOString(), new Date(to).toISOString()];
};

test('times are absolute or relative to now, and the end is now unless given', () => {
  assert.deepEqual(range({}), ['2026-11-23T14:15:00.000Z', '2026-11-23T15:00:00.000Z']);
  assert.deepEqual(range({ from: '-7d' }), ['2026-11-16T15:00:00.000Z', '2026-11-23T15:00:00.000Z']);
  assert.deepEqual(range({ from: '2026-11-23T10:00:00+02:00', to: '-1h' }), [
    '2026-11-23T08:00:00.000Z',
    '2026-11-23T14:00:00.000Z',
  ]);
});

for (const from of [
  'yesterday',
  '45m',
  '-45',
  '-1w',
  '2026-11-23',
  '2026-13-01T00:00:00Z',
  '',
  '+1h',
  12,
  ['-1h', '-2h'],
]) {
  test(`from ${JSON.stringify(from)} is refused, saying what was expected`, () => {
    assert.throws(() => range({ from }), /from: expected a time as 2026-11-23T15:17:05Z, or -45m/);
  });
}

test('an end before the beginning is refused', () => {
  assert.throws(() => range({ from: '-1h', to: '-2h' }), /from: expected a time before to/);
});
