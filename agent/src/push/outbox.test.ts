import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { holder } from '../../test/snapshots.ts';
import { type Event } from '../contract.ts';
import { Outbox } from './outbox.ts';

const opened: Omit<Event, 'id'> = {
  at: '2026-11-23T03:14:07.000Z',
  kind: 'opened',
  protocol: 'tcp',
  address: '127.0.0.1',
  port: 3000,
  networkNamespace: '4026531840',
  inode: '5000',
  holders: [holder()],
  detail: null,
};

suite('the outbox', () => {
  const numbered = (id: number): Event => ({ ...opened, id });

  test('counts what does not fit and leaves one gap for it, however often it overflows', () => {
    const outbox = new Outbox(3);
    outbox.add([1, 2, 3, 4].map(numbered));
    outbox.add([numbered(5)]);
    assert.deepEqual(
      outbox.first(9).map(({ id, kind }) => [id, kind]),
      [
        [3, 'gap'],
        [4, 'opened'],
        [5, 'opened'],
      ],
    );
    assert.equal(outbox.dropped, 3);
    assert.equal(outbox.first(1)[0]?.detail, '3 events dropped while the aggregator was away');
  });

  test('counts a gap in the looks among what does not fit', () => {
    const outbox = new Outbox(3);
    outbox.add([
      numbered(1),
      { ...numbered(2), kind: 'gap', from: '2026-11-23T03:00:00.000Z' },
      numbered(3),
      numbered(4),
    ]);
    assert.equal(outbox.dropped, 2);
    assert.equal(outbox.first(1)[0]?.from, undefined, 'what was dropped has its own beginning');
  });

  test('forgets what was acknowledged and nothing else', () => {
    const outbox = new Outbox();
    outbox.add([1, 2, 3].map(numbered));
    outbox.acknowledge(2);
    assert.deepEqual(
      outbox.first(9).map(({ id }) => id),
      [3],
    );
  });
});
