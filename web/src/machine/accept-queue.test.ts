import assert from 'node:assert/strict';
import test from 'node:test';
import type { Listener, Snapshot } from '@portlight/server/views';
import { listener } from '../test/listeners.ts';
import { acceptQueueOf, overflowingListener, withOverflows, type OverflowCount } from './accept-queue.ts';

const other: Listener = { ...listener, inode: '4712', port: 3001, acceptQueue: 0 };

const queues: readonly (readonly [string, Partial<Listener>, Listener | null, boolean])[] = [
  ['below its ceiling a queue is not called full', { acceptQueue: 127 }, null, false],
  ['at its ceiling, too: one more fits', { acceptQueue: 128 }, null, false],
  ['above its ceiling it is full', { acceptQueue: 129 }, null, true],
  ['without a known ceiling nothing is said', { acceptQueue: 9_999, acceptQueueLimit: null }, null, false],
  ['the one that overflows is full, however short', { acceptQueue: 6 }, listener, true],
  ['when another one overflows it is not', { acceptQueue: 6 }, other, false],
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

function countsOf(...told: readonly (readonly [second: number, overflows: number | null])[]): readonly OverflowCount[] {
  let counts: readonly OverflowCount[] = [];
  for (const [second, listenOverflows] of told) {
    const asOf = new Date(Date.UTC(2026, 10, 23, 3, 0, second)).toISOString();
    counts = withOverflows(counts, { asOf, snapshot: { kernel: { listenOverflows } } as Snapshot });
  }
  return counts;
}

const overflowing: readonly (readonly [string, readonly OverflowCount[], readonly Listener[], string | null])[] = [
  ['a counter that rises accuses the only queue', countsOf([0, 7], [10, 9]), [listener, other], '4711'],
  ['also while it comes less often than views do', countsOf([0, 7], [10, 9], [20, 9]), [listener], '4711'],
  ['of two queues none', countsOf([0, 7], [10, 9]), [listener, { ...other, acceptQueue: 1 }], null],
  ['no queue, nobody', countsOf([0, 7], [10, 9]), [other], null],
  [
    'a queue of another namespace is not counted there',
    countsOf([0, 7], [10, 9]),
    [{ ...listener, isHostNamespace: false }],
    null,
  ],
  ['one view knows of no rise', countsOf([0, 7]), [listener], null],
  ['a counter that stands accuses nobody', countsOf([0, 7], [10, 7]), [listener], null],
  ['a counter that rose long ago neither', countsOf([0, 7], [10, 9], [71, 9]), [listener], null],
  ['a counter that begins anew neither', countsOf([0, 7], [10, 2]), [listener], null],
  ['an unknown counter neither', countsOf([0, 7], [10, null]), [listener], null],
];

for (const [name, counts, listeners, inode] of overflowing) {
  test(`overflows: ${name}`, () => {
    assert.equal(overflowingListener(counts, listeners)?.inode ?? null, inode);
  });
}
