import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable } from './printable.ts';

const CASES: readonly (readonly [string, string])[] = [
  ['web server é 日本 🚀', 'web server é 日本 🚀'],
  ['a\nb\tc\rd', 'a\\nb\\tc\\rd'],
  ['\0\x1b[31m\x7f\x9b', '\\x00\\x1b[31m\\x7f\\x9b'],
  ['txt\u202Eexe\u2066\u200B', 'txt\\u202eexe\\u2066\\u200b'],
  ['a\u2028b\uFEFF', 'a\\u2028b\\ufeff'],
  ['\uD800', '\\ud800'],
  ['\u{E0041}', '\\u{e0041}'],
];
for (const [name, expected] of CASES) test(`${expected} is printable`, () => assert.equal(printable(name), expected));

test('a name is cut with an ellipsis, and never in the middle of a character', () => {
  assert.equal(printable('abcdef', 4), 'abc…');
  assert.equal(printable('ab🚀def', 4), 'ab…');
  assert.equal(printable('abcd', 4), 'abcd');
});

test('any text has no control in it afterwards, is within its limit, and printing it again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', size: 'large' }), fc.integer({ min: 1, max: 300 }), (name, limit) => {
      const shown = printable(name, limit);
      assert.match(shown, /^[^\p{Cc}\p{Cf}]*$/u);
      assert.ok(shown.length <= limit && shown.isWellFormed());
      assert.equal(printable(shown, limit), shown);
    }),
  );
});
