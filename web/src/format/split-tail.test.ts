import assert from 'node:assert/strict';
import test from 'node:test';
import { splitTail } from './split-tail.ts';

test('a long name keeps its last characters as tail', () => {
  assert.deepEqual(splitTail('ip-10-20-4-117.eu-central-1.compute.internal', 12), {
    head: 'ip-10-20-4-117.eu-central-1.comp',
    tail: 'ute.internal',
  });
});

test('a short name is not cut', () => {
  assert.deepEqual(splitTail('web-eu-117', 12), { head: 'web-eu-117', tail: '' });
});

test('a character of two code units stays whole', () => {
  assert.deepEqual(splitTail('aaaa🚢🚢', 1), { head: 'aaaa🚢', tail: '🚢' });
});
