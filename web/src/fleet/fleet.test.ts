import assert from 'node:assert/strict';
import test from 'node:test';
import type { SummaryView } from '@portlight/server/views';
import { fleetFacts } from './fleet-facts.ts';
import { fleetHeadline, fleetSecondLine } from './fleet-headline.ts';
import { cellPitch, cellsPath, hostAt, isOutdated, mapGroups } from './map-groups.ts';

function summary(
  reporting: number,
  silent: number,
  left: number,
  ports: number,
): Pick<SummaryView, 'machines' | 'listeners'> {
  return {
    machines: { total: reporting + silent + left, reporting, silent, left },
    listeners: {
      total: ports,
      tcp: ports - 2,
      udp: 2,
      byExposure: { loopback: 30, private: 3, public: 1, any: 8 },
      unattributed: 0,
    },
  };
}

const headlines = [
  ['one machine', summary(1, 0, 0, 42), null, '1 machine reports 42 open ports.'],
  ['many machines', summary(1204, 0, 0, 9471), null, '1,204 machines report 9,471 open ports.'],
  ['one port', summary(2, 0, 0, 1), null, '2 machines report 1 open port.'],
  ['few silent ones', summary(199, 5, 0, 900), null, '199 of 204 machines report; 900 open ports known.'],
  ['stopped agents', summary(1, 0, 2, 9), '03:13:49', '1 of 3 machines reported at 03:13:49; 9 open ports known.'],
  ['none reporting', summary(0, 0, 2, 9), null, 'No machine reports.'],
  ['many silent ones', summary(15, 5, 0, 900), null, '5 of 20 machines are silent. What is shown may be incomplete.'],
  ['the only one silent', summary(0, 1, 0, 42), null, '1 of 1 machine is silent. What is shown may be incomplete.'],
  ['a stopped stream', summary(1, 0, 0, 42), '03:13:49', '1 machine reported 42 open ports at 03:13:49.'],
  [
    'a stopped stream, many silent',
    summary(1, 9, 0, 4),
    '03:13:49',
    '9 of 10 machines were silent at 03:13:49. What is shown may be incomplete.',
  ],
] as const;

for (const [name, counts, pastAt, sentence] of headlines) {
  test(`the headline for ${name} says what is known`, () => {
    assert.equal(fleetHeadline(counts, pastAt), sentence);
  });
}

test('the second line names machines that are away', () => {
  assert.equal(fleetSecondLine(summary(10, 0, 0, 42)), '40 TCP and 2 UDP.');
  assert.equal(
    fleetSecondLine(summary(100, 1, 2, 42)),
    '40 TCP and 2 UDP. 1 machine silent, 2 machines stopped; their ports are from their last report.',
  );
});

test('facts add up to what the summary counts', () => {
  assert.deepEqual(
    fleetFacts(summary(10, 1, 1, 42)).map(({ term, value }) => [term, value]),
    [
      ['Machines', '10 of 12 reporting'],
      ['Open ports', '42'],
      ['Exposed', '9'],
      ['Not exposed', '33'],
      ['Holder unknown', '0'],
    ],
  );
});

const map = {
  groups: ['db', 'gone', 'web'],
  names: ['db-1', 'web-1', 'web-2', 'web-3'],
  group: [0, 2, 2, 2],
  states: '.sl.',
};

test('the map keeps groups and machines in their order and names what is away', () => {
  assert.deepEqual(mapGroups(map), [
    { name: 'db', hosts: [{ name: 'db-1', state: 'reporting' }], trouble: '' },
    {
      name: 'web',
      hosts: [
        { name: 'web-1', state: 'silent' },
        { name: 'web-2', state: 'left' },
        { name: 'web-3', state: 'reporting' },
      ],
      trouble: '1 silent, 1 stopped',
    },
  ]);
});

test('the map is outdated when counts say other than its cells', () => {
  const machines = { total: 4, reporting: 2, silent: 1, left: 1 };
  assert.equal(isOutdated(map, machines), false);
  assert.equal(isOutdated(map, { ...machines, total: 5, reporting: 3 }), true);
  assert.equal(isOutdated(map, { ...machines, reporting: 1, silent: 2 }), true);
});

test('cells of one state are one path, and the point inside a cell finds its machine', () => {
  const hosts = mapGroups(map)[1]?.hosts ?? [];
  assert.equal(cellsPath(hosts, 'silent', 2, 11), 'M0.5 0.5h9v9h-9z');
  assert.equal(cellsPath(hosts, 'left', 2, 11), 'M11.5 0.5h9v9h-9z');
  assert.equal(hostAt(hosts, 5, 15, 2, 11)?.name, 'web-3');
  assert.deepEqual(
    [hostAt(hosts, 15, 15, 2, 11), hostAt(hosts, 25, 5, 2, 11), hostAt(hosts, -1, 5, 2, 11)],
    [null, null, null],
  );
});

test('every machine of a large fleet has its cell', () => {
  const hosts = Array.from({ length: 10_000 }, (_, index) => ({ name: `h${index}`, state: 'reporting' as const }));
  assert.equal(cellPitch(hosts.length), 7);
  assert.equal(cellsPath(hosts, 'reporting', 190, 7).split('M').length - 1, 10_000);
});
