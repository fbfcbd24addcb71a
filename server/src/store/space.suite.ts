import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NAMESPACE } from '../../test/bodies.ts';
import type { NewEvent } from './event-store.ts';
import type { Store } from './store.ts';
import type { OpenTrialStore } from './store.suite.ts';

const DAY_MS = 86_400_000;
const MIDNIGHT = Date.parse('2026-11-20T00:00:00.000Z');

/** One of each of these days. */
async function addEvents(store: Store, days: readonly number[], perDay = 1): Promise<void> {
  const events = days.flatMap((day) => Array.from({ length: perDay }, (_, index) => eventAt(day, index)));
  await store.commit((writer) => writer.addEvents(events.map((one) => ({ ...one, hostId: 'machine-1' }))));
}

function eventAt(day: number, index: number): NewEvent {
  const at = MIDNIGHT + day * DAY_MS + index;
  return {
    at: new Date(at).toISOString(),
    kind: 'opened',
    protocol: 'tcp',
    address: '127.0.0.1',
    port: 3000,
    networkNamespace: NAMESPACE,
    inode: String(index),
    holder: null,
    holders: 0,
    detail: null,
    agentStartedAt: new Date(MIDNIGHT).toISOString(),
    id: day * 1_000_000 + index + 1,
    receivedAt: at,
  };
}

/** What every store must do with the room it takes. */
export function spaceSuite(name: string, open: OpenTrialStore): void {
  test(`${name}: days of events go, the oldest first, but never the newest`, async (context) => {
    const store = await open(context);
    const drop = (): Promise<string | null> => store.commit((writer) => writer.dropOldestDay());
    assert.equal(await drop(), null);
    assert.equal(await store.reader.eventsKeptSince(), 0);
    await addEvents(store, [2, 0, 1]);
    assert.deepEqual([await drop(), await drop(), await drop()], ['2026-11-20', '2026-11-21', null]);
    assert.equal(await store.reader.eventsKeptSince(), MIDNIGHT + 2 * DAY_MS);
    const range = { from: 0, to: Number.MAX_SAFE_INTEGER, before: null, limit: 10 };
    const kept = await store.reader.events('machine-1', range);
    assert.deepEqual(
      kept.map(({ at }) => at.slice(0, 10)),
      ['2026-11-22'],
    );
  });

  test(`${name}: a day that goes makes room, and room is given back`, async (context) => {
    const store = await open(context);
    await addEvents(store, [0, 1], 5_000);
    const before = await store.reader.space();
    await store.commit((writer) => writer.dropOldestDay());
    const after = await store.reader.space();
    assert.ok(after.used < before.used, `${after.used} ${before.used}`);
    await store.commit((writer) => writer.giveBack());
    const last = await store.reader.space();
    assert.ok(last.free < after.free || after.free === 0, `${last.free} ${after.free}`);
    assert.ok(last.used <= after.used);
  });
}
