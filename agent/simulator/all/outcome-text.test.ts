import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeTable } from './outcome-text.ts';
import type { Outcome } from './trial.ts';

const NOTHING = { expected: [], found: [], seconds: null, closedSeconds: null, faults: [], facts: null };
const outcomes: readonly Outcome[] = [
  { ...NOTHING, scenario: 'stale', expected: ['drift'], found: ['drift'], seconds: 0.62, closedSeconds: 0.41 },
  { ...NOTHING, scenario: 'healthy' },
  { ...NOTHING, scenario: 'batch', found: ['ladder'], faults: ['not expected: ladder: climbs'] },
];

test('one line a scenario, aligned, and how many came out as expected', () => {
  assert.equal(
    outcomeTable(outcomes),
    `SCENARIO  EXPECTED  FOUND   AFTER   CLOSED  VERDICT
stale     drift     drift    0.6 s   0.4 s  as expected
healthy   clean     clean                   as expected
batch     clean     ladder                  not expected: ladder: climbs

2 of 3 as expected; the slowest finding came after 0.6 s.
`,
  );
});
