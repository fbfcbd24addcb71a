import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { churnedAgent } from './churned-agent.ts';

const SECONDS = 20;
const LIMITS = { events: 10_000, growth: 1.75, residentMb: 400 };

test('a thousand ports opened and closed a second: memory stays bounded, no error, and what was dropped is said', async (t) => {
  const churned = await churnedAgent();
  t.after(() => churned.end());
  const resident: number[] = [];
  for (let second = 0; second < SECONDS; second++) {
    await sleep(1000);
    resident.push((await churned.cost()).residentBytes / 2 ** 20);
  }

  const { opened, refused } = churned.churn();
  assert.ok(opened > 1000 * SECONDS * 0.5, `only ${opened} ports were opened`);
  assert.equal(refused, 0);

  const warm = Math.max(...resident.slice(SECONDS / 2, (SECONDS * 3) / 4));
  const last = Math.max(...resident.slice((SECONDS * 3) / 4));
  t.diagnostic(`${opened} ports in ${SECONDS} s; resident ${warm.toFixed(0)} MB, then ${last.toFixed(0)} MB`);
  assert.ok(last < warm * LIMITS.growth && last < LIMITS.residentMb, resident.map((mb) => mb.toFixed(0)).join(' '));

  const { items, dropped, lastSequence } = await churned.happenings();
  assert.ok(items.length <= LIMITS.events);
  assert.ok(dropped > 0 && dropped + items.length === lastSequence, `${dropped} dropped, ${items.length} kept`);
  const text = await (await churned.fetch('metrics')).text();
  assert.match(
    text,
    /^portlight_events_dropped_total [1-9]\d*$/m,
    'those that wait for the aggregator are bounded too',
  );

  const { coverage } = await churned.snapshot();
  assert.equal(coverage.skippedRows, 0);
  const lines = churned.log().split('\n').filter(Boolean);
  assert.deepEqual(
    lines.filter((line) => !line.includes('the aggregator does not answer')),
    [],
    'nothing went wrong but what was made so',
  );
});
