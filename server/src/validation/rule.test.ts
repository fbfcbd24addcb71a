import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Usage } from '@portlight/agent/contract';
import { count, describe, listOf, MAX_FAULTS, record, shallow } from './rule.ts';
import { pushedSnapshot } from './snapshot-rules.ts';

const usage = record<Usage>({ used: count, max: count });

test('a field of the contract without a rule does not compile', () => {
  // @ts-expect-error `max` has no rule.
  const incomplete = record<Usage>({ used: count });
  assert.deepEqual(incomplete({ used: 1, max: 2 }), [{ path: '', message: 'unknown key "max"' }]);
});

test('what keeps every rule has no faults', () => {
  assert.equal(listOf(usage, 2)([{ used: 1, max: 2 }]), null);
});

test('faults name the way down to them, and are bounded', () => {
  const faults = listOf(usage, 1_000)(Array.from({ length: 1_000 }, () => ({ used: -1, max: 2 }))) ?? [];
  assert.equal(faults.length, MAX_FAULTS);
  assert.deepEqual(faults[3], {
    path: '[3].used',
    message: 'expected a whole number from 0 to 9007199254740991, got -1',
  });
});

test('inherited keys are no keys', () => {
  assert.notEqual(usage(Object.create({ used: 1, max: 2 })), null);
});

test('free JSON is limited in depth and size', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`) as unknown;
  assert.notEqual(shallow(8, 1_024)(deep), null);
  assert.notEqual(shallow(8, 10)({ list: Array.from({ length: 11 }, () => 1) }), null);
  assert.equal(shallow(8, 1_024)({ a: { b: [1, 'x', null] } }), null);
});

test('no JSON makes a rule or a description throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.notEqual(pushedSnapshot(value), null);
      assert.equal(typeof describe(value), 'string');
    }),
  );
});
