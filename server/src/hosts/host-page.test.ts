import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupOf } from './group-of.ts';
import { parseHostFilters } from './host-filters.ts';
import { parseHostQuery } from './host-page.ts';

test('words, keys, globs, or and not become filters that all must hold', () => {
  assert.deepEqual(parseHostFilters('web host:db-*,cache-* -group:test'), [
    { field: 'name', patterns: ['*web*'], isNegated: false },
    { field: 'name', patterns: ['db-*', 'cache-*'], isNegated: false },
    { field: 'group', patterns: ['test'], isNegated: true },
  ]);
});

for (const q of ['colour:red', 'host:', '__proto__:x', 'x'.repeat(257), 'a '.repeat(17)]) {
  test(`the search ${q.slice(0, 20)} is refused`, () => {
    assert.throws(() => parseHostFilters(q), /^Error: q: expected/);
  });
}

test('sort turns round with a minus', () => {
  const { sort, isDescending } = parseHostQuery({ sort: '-lastSeenAt' });
  assert.deepEqual([sort, isDescending], ['lastSeenAt', true]);
});

for (const asked of [
  { sort: 'colour' },
  { sort: ['name', 'group'] },
  { cursor: 'nonsense' },
  { cursor: 'e30' },
  { q: ['a', 'b'] },
]) {
  test(`${JSON.stringify(asked)} is refused`, () => {
    assert.throws(() => parseHostQuery(asked), /expected/);
  });
}

test('a group is the label, else the name up to its first digit', () => {
  const names: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ['web-01', {}, 'web'],
    ['web-01.example.com', {}, 'web'],
    ['web', {}, 'web'],
    ['10-0-0-1', {}, '10-0-0-1'],
    ['web-01', { group: 'shop' }, 'shop'],
  ];
  assert.deepEqual(
    names.map(([name, labels]) => groupOf({ name, labels })),
    names.map(([, , group]) => group),
  );
});
