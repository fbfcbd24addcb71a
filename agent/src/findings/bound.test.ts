import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocks, covers, sameSide, type Bound } from './bound.ts';

const bound = (address: string, dualStack: boolean | null = null): Bound => ({ address, dualStack });
const DUAL = bound('::', true);
const V6_ONLY = bound('::', false);

/** KERNEL.md, “Who blocks 127.0.0.1:3000?”; a row each, columns 127.0.0.1, 0.0.0.0, :: dual, ::1. */
const TABLE: readonly (readonly [holder: Bound, blocked: readonly boolean[]])[] = [
  [bound('127.0.0.1'), [true, true, true, false]],
  [bound('::ffff:127.0.0.1'), [true, true, true, false]],
  [bound('0.0.0.0'), [true, true, true, false]],
  [DUAL, [true, true, true, true]],
  [V6_ONLY, [false, false, true, true]],
  [bound('::1'), [false, false, true, true]],
  [bound('127.0.0.2'), [false, true, true, false]],
];
const WANTED = [bound('127.0.0.1'), bound('0.0.0.0'), DUAL, bound('::1')];

for (const [holder, blocked] of TABLE) {
  test(`${holder.address}${holder.dualStack === false ? ' (IPv6 only)' : ''} blocks what the kernel says`, () => {
    assert.deepEqual(
      WANTED.map((wanted) => blocks(holder, wanted)),
      blocked,
    );
  });
}

const REACHED: readonly (readonly [holder: Bound, address: string, isReached: boolean])[] = [
  [bound('127.0.0.1'), '127.0.0.1', true],
  [bound('0.0.0.0'), '127.0.0.1', true],
  [DUAL, '127.0.0.1', true],
  [V6_ONLY, '127.0.0.1', false],
  [bound('::ffff:127.0.0.1'), '127.0.0.1', true],
  [bound('127.0.0.1'), '0.0.0.0', false],
  [bound('::1'), '127.0.0.1', false],
  [DUAL, '::1', true],
  [DUAL, '::', true],
  [bound('::1'), '::', false],
  [bound('127.0.0.1'), '::1', false],
];

for (const [holder, address, isReached] of REACHED) {
  test(`${holder.address} ${isReached ? 'takes' : 'does not take'} connections to ${address}`, () => {
    assert.equal(covers(holder, { address }), isReached);
  });
}

test('both loopback addresses are one side, two specific addresses are not', () => {
  assert.equal(sameSide(bound('127.0.0.1'), bound('::1')), true);
  assert.equal(sameSide(bound('10.0.0.5'), bound('10.0.0.6')), false);
  assert.equal(sameSide(bound('127.0.0.1'), bound('10.0.0.6')), false);
  assert.equal(sameSide(bound('0.0.0.0'), bound('10.0.0.6')), true);
});
