import assert from 'node:assert/strict';
import test from 'node:test';
import { sentence } from './sentence.ts';

test('a message gets its capital and its full stop once', () => {
  assert.equal(sentence('the store cannot be used now: disk full'), 'The store cannot be used now: disk full.');
  assert.equal(sentence('The server does not answer.'), 'The server does not answer.');
});
