import assert from 'node:assert/strict';
import test from 'node:test';
import { cellPitch, cellsPath, hostAt, isOutdated, legendOf, mapGroups } from './map-groups.ts';
import { MAP_STATES_IN_ORDER, shapePath, MAP_LOOKS } from './map-shapes.ts';

const map = {
  groups: ['db', 'gone', 'web'],
  names: ['db-1', 'web-1', 'web-2', 'web-3'],
  group: [0, 2, 2, 2],
  states: '.sl.',
};

test('the map keeps groups and machines in their order and names what is away', () => {
  assert.deepEqual(mapGroups(map), [
    { name: 'db', hosts: [{ name: 'db-1', state: '.' }], trouble: '', tone: 'quiet' },
    {
      name: 'web',
      hosts: [
        { name: 'web-1', state: 's' },
        { name: 'web-2', state: 'l' },
        { name: 'web-3', state: '.' },
      ],
      trouble: '1 silent, 1 stopped',
      tone: 'quiet',
    },
  ]);
});

const troubles = [
  ['dduds', '4 off port, 1 silent', 'critical'],
  ['hcwn.', '1 stale holder, 3 with findings', 'critical'],
  ['mmqys.', '2 with a port missing, 1 not answering, 1 cycling, 1 silent', 'critical'],
  ['ddmqyewn.', '2 off port, 1 with a port missing, 5 with other findings', 'critical'],
  ['yn.', '1 cycling, 1 with findings', 'warning'],
  ['e.', '1 exposed', 'warning'],
  ['ww.', '2 with findings', 'warning'],
  ['n.', '1 with findings', 'quiet'],
] as const;

for (const [states, trouble, tone] of troubles) {
  test(`a group of ${states} reads “${trouble}”`, () => {
    const names = Array.from(states, (_, index) => `web-${index}`);
    const [group] = mapGroups({ groups: ['web'], names, group: names.map(() => 0), states });
    assert.deepEqual([group?.trouble, group?.tone], [trouble, tone]);
  });
}

test('the legend has what is on the map, with how often', () => {
  assert.deepEqual(
    legendOf('.d.usqm.ey').map(({ text }) => text),
    ['Drift 1', 'Ladder 1', 'Missing 1', 'Wedged 1', 'Cycling 1', 'Exposed 1', 'Silent 1', 'No finding 3'],
  );
});

test('the map is outdated when counts say other than its cells', () => {
  const machines = { total: 4, reporting: 2, silent: 1, left: 1 };
  assert.equal(isOutdated(map, machines), false);
  assert.equal(isOutdated(map, { ...machines, total: 5, reporting: 3 }), true);
  assert.equal(isOutdated(map, { ...machines, reporting: 1, silent: 2 }), true);
});

test('cells of one state are one path, and the point inside a cell finds its machine', () => {
  const hosts = mapGroups(map)[1]?.hosts ?? [];
  assert.equal(cellsPath(hosts, 's', 2, 11), 'M0.8 0.8H9.2V9.2H0.8z');
  assert.equal(cellsPath(hosts, 'l', 2, 11), 'M11.8 0.8H20.2V9.2H11.8z');
  assert.equal(hostAt(hosts, 5, 15, 2, 11)?.name, 'web-3');
  assert.deepEqual(
    [hostAt(hosts, 15, 15, 2, 11), hostAt(hosts, 25, 5, 2, 11), hostAt(hosts, -1, 5, 2, 11)],
    [null, null, null],
  );
});

test('each state that is a trouble has a shape of its own, not only a colour', () => {
  const troubled = MAP_STATES_IN_ORDER.filter((state) => !'.sl'.includes(state));
  assert.equal(new Set(troubled.map((state) => shapePath(MAP_LOOKS[state].shape, 0, 0, 10))).size, troubled.length);
});

test('every machine of a large fleet has its cell', () => {
  const hosts = Array.from({ length: 10_000 }, (_, index) => ({ name: `h${index}`, state: '.' as const }));
  assert.equal(cellPitch(hosts.length), 7);
  assert.equal(cellsPath(hosts, '.', 190, 7).split('M').length - 1, 10_000);
});
