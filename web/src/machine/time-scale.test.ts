import assert from 'node:assert/strict';
import test from 'node:test';
import { toMs } from '../format/time.ts';
import { position, scaleOf, ticksOf } from './time-scale.ts';

process.env.TZ = 'Asia/Kolkata';

const now = toMs('2026-11-23T03:14:07.000Z');
const longAgo = toMs('2026-01-01T00:00:00.000Z');

test('a live range ends a little after now, a fixed one where it says', () => {
  const live = scaleOf({ kind: 'last', length: '45m' }, now, longAgo);
  assert.equal(live.fromMs, toMs('2026-11-23T02:29:07.000Z'));
  assert.ok(Math.abs(position(live, now) - 97.09) < 0.01);
  assert.deepEqual(
    scaleOf({ kind: 'between', from: '2026-11-23T02:00:00Z', to: '2026-11-23T03:00:00Z' }, now, longAgo),
    {
      fromMs: toMs('2026-11-23T02:00:00Z'),
      toMs: toMs('2026-11-23T03:00:00Z'),
    },
  );
});

test('a live range begins no earlier than what is known, and is never shorter than 1 min', () => {
  const from = (keptSince: string) => scaleOf({ kind: 'last', length: '45m' }, now, toMs(keptSince)).fromMs;
  assert.equal(from('2026-11-23T03:00:00.000Z'), toMs('2026-11-23T03:00:00.000Z'));
  assert.equal(from('2026-11-23T03:14:06.000Z'), toMs('2026-11-23T03:13:07.000Z'));
});

test('positions are kept within the width', () => {
  const scale = { fromMs: 1000, toMs: 2000 };
  assert.deepEqual([position(scale, 0), position(scale, 1250), position(scale, 9000)], [0, 25, 100]);
});

const labels = [
  ['15m', 'utc', ['03:00', '03:02', '03:04', '03:06', '03:08', '03:10', '03:12']],
  ['45m', 'utc', ['02:30', '02:35', '02:40', '02:45', '02:50', '02:55', '03:00', '03:05', '03:10']],
  ['24h', 'utc', ['06:00', '09:00', '12:00', '15:00', '18:00', '21:00', '23 Nov']],
  ['7d', 'utc', ['17 Nov', '18 Nov', '19 Nov', '20 Nov', '21 Nov', '22 Nov']],
  ['7d', 'local', ['17 Nov', '18 Nov', '19 Nov', '20 Nov', '21 Nov', '22 Nov']],
  ['6h', 'local', ['03:00', '04:00', '05:00', '06:00', '07:00', '08:00']],
] as const;

for (const [length, zone, expected] of labels) {
  test(`ticks of the last ${length} are round ${zone} times, none under the label of now`, () => {
    const ticks = ticksOf(scaleOf({ kind: 'last', length }, now, longAgo), now, zone);
    assert.deepEqual(
      ticks.map((tick) => tick.label),
      expected,
    );
  });
}

test('a scale of a minute has ticks to the second', () => {
  const scale = { fromMs: toMs('2026-11-23T03:13:00Z'), toMs: toMs('2026-11-23T03:14:00Z') };
  assert.deepEqual(
    ticksOf(scale, now, 'utc').map((tick) => tick.label),
    ['03:13:00', '03:13:10', '03:13:20', '03:13:30', '03:13:40', '03:13:50', '03:14:00'],
  );
});

test('any length has at most eleven ticks', () => {
  for (const days of [0.001, 0.5, 3, 20, 90, 4000]) {
    const scale = { fromMs: now - days * 86_400_000, toMs: now };
    assert.ok(ticksOf(scale, now, 'utc').length <= 11);
  }
});

test('a range that ended before now keeps its last tick', () => {
  const scale = { fromMs: toMs('2026-11-23T02:00:00Z'), toMs: toMs('2026-11-23T02:30:00Z') };
  assert.equal(ticksOf(scale, now, 'utc').at(-1)?.label, '02:30');
});
