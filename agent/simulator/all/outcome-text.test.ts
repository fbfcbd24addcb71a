import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeTable } from './outcome-text.ts';
import type { Outcome } from './trial.ts';

const NOTHING = {
  speed: 1,
  expected: [],
  found: [],
  seconds: null,
  lateSeconds: null,
  closedSeconds: null,
  faults: [],
  facts: null,
};
const LEAK = ['leak (warning)'];
const outcomes: readonly Outcome[] = [
  {
    ...NOTHING,
    scenario: 'stale',
    expected: ['drift'],
    found: ['drift'],
    seconds: 10.62,
    lateSeconds: 0.62,
    closedSeconds: 0.41,
  },
  { ...NOTHING, scenario: 'leak', speed: 100, expected: LEAK, found: LEAK, seconds: 634, lateSeconds: 0.34 },
  { ...NOTHING, scenario: 'healthy' },
  { ...NOTHING, scenario: 'batch', found: ['ladder'], faults: ['not expected: ladder: climbs'] },
];

test('one line a scenario, aligned, and how many came out as expected', () => {
  assert.equal(
    outcomeTable(outcomes),
    `SCENARIO  EXPECTED        FOUND           AFTER   CLOSED  CLOCK  VERDICT
stale     drift           drift           10.6 s   0.4 s         as expected
leak      leak (warning)  leak (warning)  11 min          ×100   as expected
healthy   clean           clean                                  as expected
batch     clean           ladder                                 not expected: ladder: climbs

3 of 4 as expected; the slowest finding came 0.6 s after it was due.
`,
  );
});
