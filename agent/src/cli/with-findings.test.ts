import { type Expectation } from '../contract.ts';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { drift, ladder } from '../../test/findings.ts';
import { holder, listener, snapshot } from '../../test/snapshots.ts';
import { withFindings } from './with-findings.ts';

const OLD = listener({ holders: [holder({ parentPid: 1, unit: null })] });
const NEW = listener({
  port: 3001,
  inode: '5001',
  holders: [holder({ pid: 20114, startTicks: 9000, startedAt: '2026-11-23T02:41:09.000Z', unit: null })],
});
const OWN = snapshot([OLD, NEW], { host: { ...snapshot([]).host, id: 'own' } });
const WEB: Expectation = {
  name: 'web',
  places: [{ address: '127.0.0.1', port: 3000 }],
  unit: null,
  exe: null,
  user: null,
};
const alone = { expectations: [], usersOf: () => [] };
const declared = { ...alone, expectations: [WEB] };

suite('the findings of a command', () => {
  test('are those of one look where no agent runs', () => {
    const { findings, host } = withFindings(OWN, null, alone);
    assert.deepEqual(
      findings.map(({ kind, port }) => [kind, port]),
      [['drift', 3000]],
    );
    assert.equal(host.id, 'own');
  });

  test('are those of a running agent, and so is the name of the host', () => {
    const agent = snapshot([], { findings: [ladder()] });
    const { findings, host, listeners } = withFindings(OWN, agent, alone);
    assert.deepEqual([findings, host.id], [agent.findings, agent.host.id]);
    assert.equal(listeners, OWN.listeners, 'what listens is its own look');
  });

  test('with declared services what this look tells of them is added', () => {
    const { findings } = withFindings(OWN, snapshot([]), declared);
    assert.deepEqual(
      findings.map(({ kind, service }) => [kind, service]),
      [['drift', 'web']],
    );
    assert.deepEqual(withFindings(OWN, snapshot([]), alone).findings, [], 'nothing else: the agent knows better');
  });

  test('one program has no trouble twice', () => {
    const known = snapshot([], { findings: [ladder()] });
    assert.deepEqual(withFindings(OWN, known, declared).findings, known.findings);
  });

  test('what has no process left is over', () => {
    const gone = drift({ holders: [{ pid: 1, startTicks: 1 }] });
    const agent = snapshot([], { findings: [gone] });
    assert.deepEqual(withFindings(OWN, agent, alone).findings, []);
    const blind = snapshot([listener({ holders: [], holdersUnknown: 'denied' })]);
    assert.deepEqual(withFindings(blind, agent, alone).findings, [gone], 'unless holders may not be seen');
  });
});
