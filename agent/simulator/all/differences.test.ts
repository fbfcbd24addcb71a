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
const good = { kind: 'drift', port: 3000, causes: [cause], holders, why: 'It is stopped.' } as unknown as Finding;

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

const reading: readonly (readonly [Expectation, Finding, string])[] = [
  [expected, good, 'drift + ignored-sigterm'],
  [
    { ...expected, severity: 'warning', later: { severity: 'critical' } },
    { ...good, severity: 'critical' },
    'drift (critical) + ignored-sigterm',
  ],
  [
    { ...expected, causes: [], flapping: 3 },
    { ...good, causes: [], flapping: { count: 4, since: '' } },
    'flapping drift',
  ],
  [
    { ...expected, causes: [{ cause: 'wedged', server: 'web 1' }] },
    { ...good, causes: [{ ...cause, kind: 'wedged', cause: undefined }] } as unknown as Finding,
    'drift + wedged',
  ],
];

for (const [owed, finding, text] of reading) {
  test(`both read alike: ${text}`, () => {
    assert.deepEqual([expectationText(owed), findingText(finding, { expects: [owed] })], [text, text]);
  });
}

test('severity and flapping count where they are owed', () => {
  const severe = { ...expected, severity: 'warning', flapping: 3 } as const;
  const steady = { ...good, severity: 'notice' } as const;
  const wrong = ['it is notice instead of warning', 'it flapped 0 times instead of 3'];
  assert.deepEqual(differences(severe, steady, 3000, pidOf), wrong);
  const right = { ...good, severity: 'warning', flapping: { count: 3, since: '' } } as const;
  assert.deepEqual(differences(severe, right, 3000, pidOf), []);
});

test('it says why', () => {
  assert.deepEqual(differences({ ...expected, says: 'stopped' }, good, 3000, pidOf), []);
  const wrong = ['it says “It is stopped.” and not “hangs”'];
  assert.deepEqual(differences({ ...expected, says: 'hangs' }, good, 3000, pidOf), wrong);
});

test('a cause that comes later is none invented', () => {
  const later = { ...expected, causes: [], later: { causes: expected.causes } };
  assert.deepEqual(inventedCauses(later, good), []);
});
