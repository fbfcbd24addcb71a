import assert from 'node:assert/strict';
import test from 'node:test';
import { clockTime, dayMonth, hourMinute, moment, toMs } from './time.ts';

process.env.TZ = 'Asia/Kolkata';

const now = toMs('2026-11-23T03:14:07.000Z');

const moments = [
  ['today is a time of day', '2026-11-23T02:41:09.500Z', 'utc', '02:41:09'],
  ['another day has its date', '2026-11-17T02:11:40.000Z', 'utc', '17 Nov 02:11'],
  ['yesterday in UTC has its date', '2026-11-22T23:59:59.000Z', 'utc', '22 Nov 23:59'],
  ['the same moment can be today in local time', '2026-11-22T23:59:59.000Z', 'local', '05:29:59'],
  ['another year is told', '2025-12-31T10:00:00.000Z', 'utc', '31 Dec 2025 10:00'],
] as const;

for (const [name, instant, zone, text] of moments) {
  test(name, () => {
    assert.equal(moment(toMs(instant), now, zone), text);
  });
}

test('a zone of half hours shifts clock, minutes and day', () => {
  assert.equal(clockTime(now, 'utc'), '03:14:07');
  assert.equal(clockTime(now, 'local'), '08:44:07');
  assert.equal(hourMinute(now, 'local'), '08:44');
  assert.equal(dayMonth(toMs('2026-11-30T20:00:00Z'), 'local'), '1 Dec');
});
