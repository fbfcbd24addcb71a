import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { numbered } from '../../test/events.ts';
import { WaitingEvents } from './waiting-events.ts';

const idsAndKinds = (waiting: WaitingEvents) => waiting.all.map(({ event: { id, kind } }) => [id, kind]);

suite('events in memory', () => {
  test('what does not fit is counted and leaves one gap, however often it overflows', () => {
    const waiting = new WaitingEvents(3);
    waiting.add([1, 2, 3, 4].map(numbered));
    waiting.add([numbered(5)]);
    assert.deepEqual(idsAndKinds(waiting), [
      [3, 'gap'],
      [4, 'opened'],
      [5, 'opened'],
    ]);
    assert.equal(waiting.dropped, 3);
    assert.equal(waiting.all[0]?.event.detail, '3 events dropped while the aggregator was away');
  });

  test('a gap that was delivered stands for no later loss', () => {
    const waiting = new WaitingEvents(3);
    waiting.add([1, 2, 3, 4].map(numbered));
    waiting.forget(4);
    waiting.add([5, 6, 7, 8].map(numbered));
    assert.equal(waiting.dropped, 4);
    assert.equal(waiting.all[0]?.event.detail, '2 events dropped while the aggregator was away');
  });

  test('a gap in the looks is counted among what does not fit', () => {
    const waiting = new WaitingEvents(3);
    const from = '2026-11-23T03:00:00.000Z';
    waiting.add([numbered(1), { ...numbered(2), kind: 'gap', from }, numbered(3), numbered(4)]);
    assert.equal(waiting.dropped, 2);
    assert.equal(waiting.all[0]?.event.from, undefined, 'what was dropped has its own beginning');
  });

  test('forgets up to an id and nothing else', () => {
    const waiting = new WaitingEvents();
    waiting.add([1, 2, 3].map(numbered));
    waiting.forget(2);
    assert.deepEqual(idsAndKinds(waiting), [[3, 'opened']]);
  });
});
