import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const CLOCK = fileURLToPath(new URL('fast-clock.ts', import.meta.url));
const HOUR_MS = 3_600_000;

/** What a process sees that was started with the clock. */
function inside(expression: string, sinceMs: number): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', CLOCK, '-p', `JSON.stringify(${expression})`], {
    env: { CLOCK_SINCE_MS: String(sinceMs), CLOCK_SPEED: '100' },
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

test('a minute ago the fast clock and the real one were the same, now it is more than an hour and a half ahead', () => {
  const begunMs = Date.now();
  const [now, fresh] = inside('[Date.now(), new Date().getTime()]', begunMs - 60_000) as [number, number];
  const tookMs = Date.now() - begunMs;
  for (const time of [now, fresh]) {
    const aheadMs = time - begunMs;
    assert.ok(aheadMs >= 99 * 60_000 && aheadMs <= 99 * 60_000 + 100 * tookMs, `${aheadMs / HOUR_MS} h`);
  }
});

test('a time that is given is that time, and a date is a date', () => {
  const since = Date.now();
  assert.equal(inside('new Date(1000).toISOString()', since), '1970-01-01T00:00:01.000Z');
  assert.equal(inside('new Date(2026, 0, 2).getDate()', since), 2);
  assert.equal(inside('Date.parse("1970-01-01T00:00:02Z")', since), 2000);
  assert.equal(inside('new Date() instanceof Date', since), true);
});
