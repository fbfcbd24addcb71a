import assert from 'node:assert/strict';
import test from 'node:test';
import { drift, ladder } from '../test/findings.ts';
import { tagsOf } from './finding-tags.ts';
import { machineHeadline } from './machine-headline.ts';

const socket = (port: number, pid: number, startTicks: number | null = pid * 10) => ({
  port,
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
