import assert from 'node:assert/strict';
import test from 'node:test';
import { shortcutOf } from './shortcuts.ts';

test('single keys mean what they do', () => {
  assert.deepEqual(
    ['u', 't', '/', 'f', 'x', 'toString'].map((key) => shortcutOf(key, null)),
    ['zone', 'theme', 'filter', null, null, null],
  );
});

test('g waits a second and a half for the page', () => {
  assert.equal(shortcutOf('m', 1400), 'machines');
  assert.equal(shortcutOf('f', 1600), null);
});

test('after g a key does not mean what it means alone', () => {
  assert.equal(shortcutOf('t', 200), null);
});
