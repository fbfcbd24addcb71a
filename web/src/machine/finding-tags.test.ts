import assert from 'node:assert/strict';
import test from 'node:test';
import { drift, ladder } from '../test/findings.ts';
import { exposed, forecast, leak, outdated, wedged } from '../test/other-findings.ts';
import { tagsOf } from './finding-tags.ts';
import { machineHeadline } from './machine-headline.ts';

const socket = (port: number, pid: number, startTicks: number | null = pid * 10) => ({
  port,
  address: '127.0.0.1',
  protocol: 'tcp' as const,
  networkNamespace: '1',
  holders: [{ pid, startTicks }],
});
const labels = (...args: Parameters<typeof tagsOf>) => tagsOf(...args).map(({ label }) => label);

test('of a drift the old process is a stale holder, the new one the drift', () => {
  assert.deepEqual(labels(socket(3000, 18231), [drift()]), ['Stale holder']);
  assert.deepEqual(labels(socket(3001, 20114), [drift()]), ['Drift']);
});

test('of a ladder the home has a stale holder, each rung the ladder, the last one is the newest', () => {
  const findings = [ladder()];
  assert.deepEqual(
    [
      labels(socket(3000, 18231), findings),
      labels(socket(3001, 20114), findings),
      labels(socket(3002, 20377), findings),
    ],
    [['Stale holder'], ['Ladder'], ['Ladder, newest']],
  );
});

test('what else explains a trouble is told on the socket it is about', () => {
  const cause = { kind: 'wedged', port: 3000, pid: 18231, since: '2026-11-23T02:50:00.000Z' } as const;
  const wrong = { ...cause, kind: 'wrong-holder', pid: 77 } as const;
  const finding = drift({ causes: [...drift().causes, cause, wrong] });
  assert.deepEqual(labels(socket(3000, 18231), [finding]), ['Stale holder', 'Wedged']);
  assert.deepEqual(labels(socket(3000, 77), [finding]), ['Wrong holder']);
  assert.deepEqual(labels(socket(3001, 20114), [finding]), ['Drift']);
});

test('a finding is told on its port; a leak on each, an exposure on the open address, an old program on all', () => {
  assert.deepEqual(labels(socket(8080, 18231), [wedged()]), ['Wedged']);
  assert.deepEqual(labels(socket(8081, 18231), [wedged()]), []);
  assert.deepEqual(labels(socket(7001, 18231), [leak()]), ['Leak']);
  assert.deepEqual(labels({ ...socket(6379, 18231), address: '0.0.0.0' }, [exposed()]), ['Exposed']);
  assert.deepEqual(labels(socket(6379, 18231), [exposed()]), []);
  assert.deepEqual(labels(socket(22, 18231), [outdated()]), ['Outdated executable']);
  assert.deepEqual(labels(socket(3000, 18231), [forecast()]), []);
});

const untagged = [
  ['another port of the same process', socket(9100, 20114)],
  ['another process on the same port', socket(3000, 555)],
  ['a later process with the same pid', socket(3001, 20114, 7)],
  ['another protocol', { ...socket(3000, 18231), protocol: 'udp' as const }],
  ['another network namespace', { ...socket(3000, 18231), networkNamespace: '2' }],
] as const;

for (const [name, listener] of untagged) {
  test(`${name} has no tag`, () => {
    assert.deepEqual(tagsOf(listener, [drift(), ladder()]), []);
  });
}

test('a process whose start is unknown is known by its pid', () => {
  assert.deepEqual(labels(socket(3001, 20114, null), [drift()]), ['Drift']);
});

const headlines = [
  ['node is off its port: expected 3000, now on 3001.', 'node', 'node is off its port:'],
  ['java holds 8080 but does not answer.', 'java', 'java'],
  ['An old process holds 3000, so the new one cannot.', 'node', ''],
  ['a: b\u202e is off its port: expected 3000.', 'a: b\u202e', 'a: b\\u202e is off its port:'],
] as const;

for (const [sentence, program, lead] of headlines) {
  test(`“${lead}” leads the headline of ${program}`, () => {
    const { lead: found, rest } = machineHeadline({ sentence, program });
    assert.equal(found, lead);
    assert.equal(found + rest, sentence.replaceAll('\u202e', '\\u202e'));
  });
}
