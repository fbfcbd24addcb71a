import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Moment } from '../journal.ts';
import { type Due, find, punctuality } from './due.ts';

const AT_ONCE: Due = { afterMs: 0, withinMs: 3_000, speed: 1, isEarlyWrong: false };
const WEDGED: Due = { ...AT_ONCE, afterMs: 10_000, isEarlyWrong: true };
const FORECAST: Due = { afterMs: 1_800_000, withinMs: 3_000, speed: 100, isEarlyWrong: true };

const cases: readonly (readonly [Due, number, number, string | null])[] = [
  [AT_ONCE, 2.9, 2.9, null],
  [AT_ONCE, 3.1, 3.1, 'it came after 3.1 s instead of at most 3 s'],
  [WEDGED, 12.5, 2.5, null],
  [WEDGED, 13.25, 3.25, 'it came after 13.3 s instead of 10 s and at most 3 s'],
  [WEDGED, 9.5, 0, null],
  [WEDGED, 8.5, 0, 'it came after 8.5 s instead of 10 s and at most 3 s'],
  [{ ...WEDGED, isEarlyWrong: false }, 0.5, 0, null],
  [FORECAST, 2_000, 2, null],
  [FORECAST, 2_200, 4, 'it came after 2200.0 s instead of 1800 s and at most 3 s of real time'],
  [FORECAST, 1_600, 0, 'it came after 1600.0 s instead of 1800 s and at most 3 s of real time'],
];

for (const [due, seconds, lateSeconds, fault] of cases) {
  test(`${seconds} s where ${due.afterMs / 1000} s are waited, ×${due.speed}: ${fault ?? 'in time'}`, () => {
    assert.deepEqual(punctuality('it came', seconds, due), { lateSeconds, faults: fault === null ? [] : [fault] });
  });
}

test('a moment is the first of its kind, the one of a number, or the last', () => {
  const moments = ['web 1', 'web 2', 'web 1', 'web 1'].map((server, index): Moment => {
    return { at: String(index), event: 'listening', server, pid: null, port: null, note: null };
  });
  const at = (server: string, which?: number | 'last'): string | undefined =>
    find(moments, { event: 'listening', server, ...(which === undefined ? {} : { which }) })?.at;
  assert.deepEqual([at('web 1'), at('web 1', 2), at('web 1', 'last'), at('web 2')], ['0', '2', '3', '1']);
  assert.deepEqual([at('web 1', 4), at('web 3'), at('web 3', 'last')], [undefined, undefined, undefined]);
});
