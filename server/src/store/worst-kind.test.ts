import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FINDING_KINDS, type FindingKind, type Severity } from '@portlight/agent/contract';
import { worstKind } from './worst-kind.ts';

function ranked(severity: Severity): readonly FindingKind[] {
  const left = [...FINDING_KINDS.map((kind) => ({ kind, severity }))].reverse();
  const order: FindingKind[] = [];
  for (let worst = worstKind(left); worst !== null; worst = worstKind(left)) {
    order.push(worst);
    left.splice(
      left.findIndex(({ kind }) => kind === worst),
      1,
    );
  }
  return order;
}

const FIRST = ['ladder', 'drift', 'missing', 'wedged', 'stale-holder'];
const OTHERS = ['forecast', 'outdated-executable', 'leak', 'shared-port', 'wrong-holder'];

test('among critical findings those with a letter lead, but cycling and exposed come after the others', () => {
  assert.deepEqual(ranked('critical'), [...FIRST, ...OTHERS, 'cycling', 'exposed']);
});

for (const severity of ['warning', 'notice'] as const) {
  test(`of the severity ${severity} those with a letter lead`, () => {
    assert.deepEqual(ranked(severity), [...FIRST, 'cycling', 'exposed', ...OTHERS]);
  });
}

test('severity comes first', () => {
  const findings = [
    { kind: 'ladder', severity: 'warning' },
    { kind: 'exposed', severity: 'critical' },
  ] as const;
  assert.equal(worstKind(findings), 'exposed');
  assert.equal(worstKind([]), null);
});
