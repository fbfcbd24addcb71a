import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFor, isLike } from './selected.ts';

const PATTERNS: readonly (readonly [string, string, boolean])[] = [
  ['web-01', 'web-01', true],
  ['web-01', 'WEB-01', true],
  ['WEB-01', 'web-*', true],
  ['web-01', 'web', false],
  ['web-01', '*', true],
  ['', '*', true],
  ['web-01', 'web-*', true],
  ['web-', 'web-*', true],
  ['db-01', 'web-*', false],
  ['web-01.example.com', '*.example.com', true],
  ['web-01.example.com', 'web-*.example.*', true],
  ['web-01.example.com', 'web*01*com', true],
  ['web-01', '*-*-*', false],
  // What the first part took, the last one may not take again.
  ['aba', 'ab*ba', false],
  ['abba', 'ab*ba', true],
  ['web-01', 'web-0?', false],
  ['web-01', 'web-.*', false],
];

for (const [name, pattern, expected] of PATTERNS) {
  test(`${name} is ${expected ? '' : 'not '}like ${pattern}`, () => {
    assert.equal(isLike(name, pattern), expected);
  });
}

test('a long name and many stars take no time', () => {
  const begun = performance.now();
  assert.equal(isLike('a'.repeat(256), `${'*a'.repeat(120)}*b`), false);
  assert.ok(performance.now() - begun < 1_000);
});

const host = { name: 'web-01', labels: { group: 'shop', zone: 'a' } };
const SERVICE = { name: 'web', places: ['127.0.0.1:3000'] };

test('a service without hosts and labels is for every machine, else for those that have all of them', () => {
  const cases = [
    [{}, true],
    [{ hosts: ['db-*', 'web-*'] }, true],
    [{ hosts: ['db-*'] }, false],
    [{ labels: { group: 'shop' } }, true],
    [{ labels: { group: 'shop', zone: 'b' } }, false],
    [{ labels: { constructor: 'x' } }, false],
    [{ hosts: ['web-*'], labels: { zone: 'b' } }, false],
  ] as const;
  assert.deepEqual(
    cases.map(([scope]) => isFor({ ...SERVICE, ...scope }, host)),
    cases.map(([, expected]) => expected),
  );
});
