import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../src/contract.ts';
import { driftBecauseOf, type Expectation } from '../scenario.ts';
import { differences, expectationText, findingText, inventedCauses } from './differences.ts';

const PIDS: Readonly<Record<string, number>> = { 'web 1': 101, 'web 2': 102 };
const pidOf = (server: string): number => PIDS[server] ?? 0;
const [expected] = driftBecauseOf('ignored-sigterm', 'web 1', 'web 2') as readonly [Expectation];
const cause = { kind: 'stale-holder', cause: 'ignored-sigterm', port: 3000, pid: 101, since: '' } as const;
const holders = [101, 102].map((pid) => ({ pid, startTicks: 1 }));
const good = { kind: 'drift', port: 3000, causes: [cause], holders } as unknown as Finding;

const cases: readonly (readonly [string, Finding, readonly string[]])[] = [
  ['all as it should be', good, []],
  ['processes in another order', { ...good, holders: holders.toReversed() }, []],
  ['another home', { ...good, port: 3001 }, ['its home is 3001 instead of 3000']],
  ['no cause', { ...good, causes: [] }, ['no cause ignored-sigterm of web 1, 101']],
  ['another cause', { ...good, causes: [{ ...cause, cause: 'replaced' }] }, ['no cause ignored-sigterm of web 1, 101']],
  [
    'the cause of another process',
    { ...good, causes: [{ ...cause, pid: 102 }] },
    ['no cause ignored-sigterm of web 1, 101'],
  ],
  ['a process missing', { ...good, holders: holders.slice(1) }, ['it speaks of 102 instead of 101, 102']],
  ['no process at all', { ...good, holders: [] }, ['it speaks of nobody instead of 101, 102']],
];

for (const [what, finding, wrong] of cases) {
  test(`${what}: ${wrong.length === 0 ? 'nothing' : 'that'} differs`, () => {
    assert.deepEqual(differences(expected, finding, 3000, pidOf), wrong);
  });
}

test('a cause that is neither owed nor allowed is invented', () => {
  const inventedWhere = (change: Partial<Expectation>): readonly string[] =>
    inventedCauses({ ...expected, ...change }, good);
  assert.deepEqual(inventedWhere({}), []);
  assert.deepEqual(inventedWhere({ causes: [] }), ['ignored-sigterm']);
  assert.deepEqual(inventedWhere({ causes: [], mayName: ['ignored-sigterm'] }), []);
});

test('both read alike', () => {
  assert.deepEqual(
    [expectationText(expected), findingText(good)],
    ['drift + ignored-sigterm', 'drift + ignored-sigterm'],
  );
});
