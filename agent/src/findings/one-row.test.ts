import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding, FindingFacts, FindingOf } from '../contract.ts';
import { drift, ladder, staleHolder } from '../../test/findings.ts';
import { oneRow } from './one-row.ts';

const since = '2026-11-23T02:50:00.000Z';
/** The facts of any: what is a drift's own is replaced below. */
const facts: FindingFacts = drift();

const wedged = (changes: Partial<FindingOf<'wedged'>> = {}): FindingOf<'wedged'> => ({
  ...facts,
  kind: 'wedged',
  id: '00000000000000a1',
  severity: 'warning',
  since,
  causes: [],
  holders: [{ pid: 18231, startTicks: 4711 }],
  evidence: ['51 wait.', 'None was accepted.', 'A third line.'],
  details: { waiting: 51, since, givenUp: 0, hasOverflowed: false },
  ...changes,
});
const missing = (changes: Partial<FindingOf<'missing'>> = {}): FindingOf<'missing'> => ({
  ...facts,
  kind: 'missing',
  id: '00000000000000a2',
  since,
  causes: [],
  holders: [],
  details: {
    home: { address: '127.0.0.1', port: 3000, source: 'declared', support: null },
    heldUntil: null,
    missing: [],
  },
  ...changes,
});
const wrongHolder = (changes: Partial<FindingOf<'wrong-holder'>> = {}): FindingOf<'wrong-holder'> => ({
  ...facts,
  kind: 'wrong-holder',
  id: '00000000000000a3',
  since,
  causes: [],
  programKey: 'java /srv/app.jar',
  holders: [{ pid: 300, startTicks: 1 }],
  details: { home: { address: '127.0.0.1', port: 3000, source: 'declared', support: null }, pid: 300 },
  ...changes,
});
const cycling = (changes: Partial<FindingOf<'cycling'>> = {}): FindingOf<'cycling'> => ({
  ...facts,
  kind: 'cycling',
  id: '00000000000000a4',
  since,
  causes: [],
  details: { generations: 5, withinSeconds: 600, periodSeconds: 9, growing: [] },
  ...changes,
});

const leak = (changes: Partial<FindingOf<'leak'>> = {}): FindingOf<'leak'> => ({
  ...facts,
  kind: 'leak',
  id: '00000000000000a5',
  severity: 'notice',
  since,
  causes: [],
  details: { pid: 18231, ports: [], total: 11, grownBy: 0 },
  ...changes,
});

/** `drift: stale-holder, wedged`, one for each row. */
const rows = (...findings: readonly Finding[]) =>
  oneRow(findings).map(({ kind, causes }) => [kind, ...causes.map((cause) => cause.kind)].join(' '));

const CASES: Readonly<Record<string, readonly [readonly Finding[], readonly string[]]>> = {
  'a wedged process on the home of a drift': [[wedged(), drift()], ['drift stale-holder wedged']],
  'a wedged process on a rung': [[ladder(), wedged({ port: 3001 })], ['ladder stale-holder stale-holder wedged']],
  'a wedged process that was left behind': [[staleHolder(), wedged()], ['stale-holder stale-holder wedged']],
  'a wedged process on another port': [
    [wedged({ port: 9000 }), drift()],
    ['wedged', 'drift stale-holder'],
  ],
  'a wedged process in another namespace': [
    [wedged({ networkNamespace: '7' }), drift()],
    ['wedged', 'drift stale-holder'],
  ],
  'a wrong holder that is wedged, too': [[wrongHolder(), wedged()], ['wrong-holder wedged']],
  'a home that is missed by a program that drifted': [[missing(), drift()], ['drift stale-holder missing']],
  'a declared home, its program off its place': [
    [missing({ programKey: 'service web' }), drift()],
    ['drift stale-holder missing'],
  ],
  'another service’s home': [
    [missing({ programKey: 'service other', port: 8080 }), drift()],
    ['missing', 'drift stale-holder'],
  ],
  'a home that is empty between two of many starts': [[missing(), cycling()], ['cycling missing']],
  'a program that climbs and comes round to its ports again': [
    [cycling(), ladder()],
    ['ladder stale-holder stale-holder cycling'],
  ],
  'a program off its place that starts again and again': [
    [missing(), cycling({ port: 3001 }), drift()],
    ['drift stale-holder missing cycling'],
  ],
  'another program that starts again and again': [
    [cycling({ port: 9102, programKey: 'java /srv/app.jar' }), drift()],
    ['cycling', 'drift stale-holder'],
  ],
  'ports that stay behind at each of many starts': [[leak({ port: 3007 }), cycling()], ['cycling leak']],
  'one process that climbed, and opens more': [
    [leak(), drift()],
    ['leak', 'drift stale-holder'],
  ],
  'a wrong holder at the home of a drift': [[wrongHolder(), drift()], ['drift stale-holder wrong-holder']],
  'an heir of a socket that is the wrong holder': [
    [wrongHolder(), staleHolder()],
    ['stale-holder stale-holder wrong-holder'],
  ],
  'a wrong holder elsewhere': [
    [wrongHolder({ port: 8080 }), drift()],
    ['wrong-holder', 'drift stale-holder'],
  ],
};

suite('one row of', () => {
  for (const [what, [findings, expected]] of Object.entries(CASES)) {
    test(what, () => assert.deepEqual(rows(...findings), expected));
  }
});

test('the row is as bad as the worst, speaks of every process once and shows the first facts of its causes', () => {
  const [row] = oneRow([staleHolder({ severity: 'warning', evidence: ['Old.'] }), wedged({ severity: 'critical' })]);
  assert.equal(row?.severity, 'critical');
  assert.deepEqual(
    row.holders.map(({ pid }) => pid),
    [18231],
  );
  assert.deepEqual(row.evidence, ['Old.', '51 wait.', 'None was accepted.']);
  assert.deepEqual(row.causes.at(-1), { kind: 'wedged', port: 3000, pid: 18231, since });
});
