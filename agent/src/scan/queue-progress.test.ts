import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queueAfter, stuckSince, type Queue } from './queue-progress.ts';

const START = Date.parse('2026-11-23T15:00:00.000Z');

/** Each reading a second after the one before: its peers, and since which second the queue is stuck by then. */
const QUEUES: readonly (readonly [string, readonly (readonly [string, number | null])[]])[] = [
  [
    'one peer that stays is stuck after three seconds',
    [
      ['a', null],
      ['a', null],
      ['a', null],
      ['a', 0],
      ['a', 0],
    ],
  ],
  [
    'peers that join change nothing',
    [
      ['a', null],
      ['ab', null],
      ['abc', null],
      ['abcd', 0],
    ],
  ],
  [
    'a full queue that moves is not',
    [
      ['abcd', null],
      ['bcde', null],
      ['cdef', null],
      ['defg', null],
      ['efgh', null],
      ['fghi', null],
    ],
  ],
  [
    'one that comes and goes is not',
    [
      ['a', null],
      ['b', null],
      ['a', null],
      ['b', null],
      ['a', null],
      ['b', null],
    ],
  ],
  [
    'a queue that moved is judged from then on',
    [
      ['ab', null],
      ['b', null],
      ['b', null],
      ['b', null],
      ['b', 1],
    ],
  ],
  [
    'a stuck queue moves when a peer left',
    [
      ['ab', null],
      ['ab', null],
      ['ab', null],
      ['ab', 0],
      ['b', 0],
      ['b', null],
    ],
  ],
  [
    'a row that one reading missed has not left',
    [
      ['ab', null],
      ['ab', null],
      ['ab', null],
      ['ab', 0],
      ['b', 0],
      ['ab', 0],
      ['ab', 0],
    ],
  ],
  [
    'no peer is nobody waiting',
    [
      ['', null],
      ['', null],
      ['', null],
      ['', null],
      ['', null],
    ],
  ],
];
for (const [name, readings] of QUEUES) {
  test(name, () => {
    let queue: Queue | undefined;
    const told = readings.map(([peers], second) => {
      queue = queueAfter(queue, new Set(peers), START + second * 1000);
      const since = stuckSince(queue);
      return [peers, since === null ? null : (Date.parse(since) - START) / 1000];
    });
    assert.deepEqual(told, readings);
  });
}

test('a clock that is set back makes nothing stuck, and starts the wait anew', () => {
  const before = queueAfter(undefined, new Set('a'), START);
  const back = queueAfter(before, new Set('a'), START - 3_600_000);
  assert.equal(stuckSince(back), null);
  assert.equal(stuckSince(queueAfter(back, new Set('a'), START - 3_597_000)), '2026-11-23T14:00:00.000Z');
});
