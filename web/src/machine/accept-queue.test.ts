import assert from 'node:assert/strict';
import test from 'node:test';
import type { Listener, Snapshot } from '@portlight/server/views';
import { listener } from '../test/listeners.ts';
import { acceptQueueOf, overflowingInode, withLoneQueue, type LoneQueue } from './accept-queue.ts';

const other: Listener = { ...listener, inode: '4712', port: 3001, acceptQueue: 0 };

const queues: readonly (readonly [string, Partial<Listener>, string | null, boolean])[] = [
  ['below its ceiling a queue is not called full', { acceptQueue: 127 }, null, false],
  ['at its ceiling, too: one more fits', { acceptQueue: 128 }, null, false],
  ['above its ceiling it is full', { acceptQueue: 129 }, null, true],
  ['without a known ceiling nothing is said', { acceptQueue: 9_999, acceptQueueLimit: null }, null, false],
  ['the one that overflows is full, however short', { acceptQueue: 6 }, '4711', true],
  ['when another one overflows it is not', { acceptQueue: 6 }, '4712', false],
];

for (const [name, change, overflowing, isFull] of queues) {
  test(name, () => {
    assert.equal(acceptQueueOf({ ...listener, ...change }, overflowing)?.isFull, isFull);
  });
}

test('a queue that stands still says since when; UDP has none', () => {
  const acceptQueueStuckSince = '2026-11-23T02:40:52.000Z';
  assert.deepEqual(acceptQueueOf({ ...listener, acceptQueueStuckSince }, null), {
    waiting: 3,
    limit: 128,
    isFull: false,
    stuckSince: acceptQueueStuckSince,
  });
  assert.equal(acceptQueueOf({ ...listener, protocol: 'udp', acceptQueue: null }, null), null);
});

type Told = readonly [second: number, overflows: number | null, listeners?: readonly Listener[]];

function seen(...told: readonly Told[]): string | null {
  let views: readonly LoneQueue[] = [];
  for (const [second, listenOverflows, listeners = [listener, other]] of told) {
    const asOf = new Date(Date.UTC(2026, 10, 23, 3, 0, second)).toISOString();
    views = withLoneQueue(views, { asOf, snapshot: { listeners, kernel: { listenOverflows } } as unknown as Snapshot });
  }
  return overflowingInode(views);
}

const longer = [{ ...listener, acceptQueue: 4 }, other];
const two = [listener, { ...other, acceptQueue: 1 }];
const elsewhere = [{ ...listener, isHostNamespace: false }, other];

const overflowing: readonly (readonly [string, string | null, string | null])[] = [
  ['a counter that rises accuses the only queue', seen([0, 7], [10, 9]), '4711'],
  ['also while it comes less often than views do', seen([0, 7], [10, 9], [20, 9]), '4711'],
  ['one that grows is not full', seen([0, 7], [10, 9, longer]), null],
  ['nor is one that came after the counter rose', seen([0, 7, [other]], [10, 9]), null],
  ['of two queues none', seen([0, 7, two], [10, 9, two]), null],
  ['no queue, nobody', seen([0, 7, [other]], [10, 9, [other]]), null],
  ['a queue of another namespace is not counted there', seen([0, 7, elsewhere], [10, 9, elsewhere]), null],
  ['one view knows of no rise', seen([0, 7]), null],
  ['a counter that stands accuses nobody', seen([0, 7], [10, 7]), null],
  ['a counter that rose long ago neither', seen([0, 7], [10, 9], [71, 9]), null],
  ['a counter that begins anew neither', seen([0, 7], [10, 2]), null],
  ['an unknown counter neither', seen([0, 7], [10, null]), null],
];

for (const [name, inode, expected] of overflowing) {
  test(`overflows: ${name}`, () => {
    assert.equal(inode, expected);
  });
}
