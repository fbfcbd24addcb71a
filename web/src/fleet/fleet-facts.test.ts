import assert from 'node:assert/strict';
import test from 'node:test';
import type { FindingGroupView } from '@portlight/server/views';
import { toMs } from '../format/time.ts';
import { drift, groupOf, ladder } from '../test/findings.ts';
import { forecast } from '../test/other-findings.ts';
import { fleetCounts } from './fleet-counts.ts';
import { fleetFacts } from './fleet-facts.ts';

const machines = { total: 240, reporting: 239, silent: 1, left: 0 };
const time = (clock: string) => `2026-11-23T${clock}:00.000Z`;

function answers(groups: readonly FindingGroupView[], clock: string): Record<string, string> {
  const facts = fleetFacts(groups[0] ?? null, groups, machines, toMs(time(clock)), 'utc');
  return Object.fromEntries(facts.map(({ id, value, detail }) => [id, detail === '' ? value : `${value} | ${detail}`]));
}

test('with nothing open the four questions are answered, too', () => {
  assert.deepEqual(answers([], '03:14'), {
    spread: 'No machine | of 239 reporting',
    worse: 'No | no finding is open',
    deadline: 'None known',
    do: 'Nothing to do',
  });
});

test('a drift that stands is steady since it last reached a machine', () => {
  const group = groupOf(drift(), [time('02:41'), time('02:50')], 240);
  assert.deepEqual(answers([group], '03:14'), {
    spread: '2 of 240 machines | of web-eu; no other group is known to have it',
    worse: 'No, steady since 02:50:00',
    deadline: 'None known',
    do: 'Stop the climb | On web-eu-0; 1 step below',
  });
});

test('machines reached in the last 15 min are counted once each', () => {
  const first = groupOf(drift(), [time('02:41'), time('03:10'), time('03:12')], 240);
  const second = groupOf(ladder(), [time('02:00'), time('03:11')], 240);
  assert.equal(answers([first, second], '03:14').worse, 'Yes, +2 in 15 min');
  const omitted = groupOf(drift(), [time('03:10')], 240, { hostsOmitted: 3 });
  assert.equal(answers([omitted], '03:14').worse, 'Yes, +1 or more in 15 min');
});

test('a ladder that climbs gets worse on the machines it is on, and its next port is the deadline', () => {
  const group = groupOf(ladder(), [time('02:00')], 240);
  assert.equal(answers([group], '02:48').worse, 'Yes, a new port every 5 min');
  assert.equal(answers([group], '02:48').deadline, '3003 at about 02:51 | node takes the next port on web-eu-0');
});

test('a ladder that missed its time by a whole pace climbs no more', () => {
  const group = groupOf(ladder(), [time('02:00')], 240);
  assert.equal(answers([group], '02:55').worse, 'Yes, a new port every 5 min');
  assert.equal(answers([group], '02:57').worse, 'No, steady since 02:00:00');
  assert.equal(answers([group], '02:57').deadline, 'None known');
});

test('the end of a resource is a deadline, and the nearest deadline is told', () => {
  const ends = groupOf(forecast(), [time('02:00')], 240);
  assert.equal(
    answers([ends], '03:14').deadline,
    '04:52, in 1 h 38 min | node on web-eu-0 runs out of file descriptors',
  );
  const ofMachine = forecast({ program: 'web-eu-0' }, { pid: null, resource: 'ephemeral-ports' });
  assert.equal(
    answers([groupOf(ofMachine, [time('02:00')], 240)], '03:14').deadline,
    '04:52, in 1 h 38 min | web-eu-0 runs out of local ports',
  );
  assert.match(
    answers([ends, groupOf(ladder(), [time('02:00')], 240)], '02:48').deadline ?? '',
    /^3003 at about 02:51/,
  );
  assert.equal(answers([ends], '04:53').deadline, 'None known');
});

test('a trouble in several groups names the most affected', () => {
  const radius = [
    { group: 'web-eu', affected: 31, machines: 240 },
    { group: 'web-us', affected: 2, machines: 200 },
  ];
  const group = groupOf(drift(), [time('02:41')], 240, { radius, machines: 33 });
  assert.equal(answers([group], '03:14').spread, '33 of 440 machines | 31 of 240 web-eu, 2 of 200 web-us');
});

test('counts add up to what the summary counts', () => {
  const listeners = {
    total: 42,
    tcp: 40,
    udp: 2,
    byExposure: { loopback: 30, private: 3, public: 1, any: 8 },
    unattributed: 0,
  };
  assert.deepEqual(
    fleetCounts({ machines: { total: 12, reporting: 10, silent: 1, left: 1 }, listeners }).map(({ term, value }) => [
      term,
      value,
    ]),
    [
      ['Machines', '10 of 12 reporting'],
      ['Open ports', '42'],
      ['Exposed', '9'],
      ['Not exposed', '33'],
      ['Holder unknown', '0'],
    ],
  );
});
