import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judged, type Day } from '../../test/day.ts';
import { HOUR, OLD, NEW, declared, told, java, service, said, soon } from '../../test/stale-day.ts';

const FLEET = { programKey: 'node /srv/web/server.js', address: '127.0.0.1', port: 3000, support: '192 of 200' };
/** The ports from 3001 to 3014. */
const BETWEEN = Array.from({ length: 14 }, (_, at) => 3001 + at);

const SILENT: Readonly<Record<string, Day>> = {
  'told and held': soon([
    { ...OLD, is: told(3000) },
    { ...NEW, is: told(3001) },
  ]),
  'told and held beside another port': soon([{ ...NEW, ports: [3001, 3002], is: told(3002) }]),
  'the older and the newest hold the home, as in a hand-over': soon([
    { ...OLD, socket: 'handed' },
    { ...NEW, socket: 'handed', ports: [3000] },
    { ...NEW, ports: [3001] },
  ]),
  'started as one batch': soon([OLD, { ...NEW, from: 4 }, { ...NEW, pid: 201, from: 5, ports: [3002] }]),
  'one of a batch is restarted on its own port': {
    ...soon([OLD, { ...NEW, from: 1, to: HOUR }, { ...NEW, pid: 201, from: HOUR + 2 }]),
  },
  'services of a batch are restarted in turn': soon([
    { ...OLD, to: 300 },
    { ...NEW, from: 1, to: 320 },
    { ...OLD, pid: 102, from: 301 },
    { ...NEW, pid: 202, from: 321 },
  ]),
  'on different specific addresses': soon([
    { ...OLD, ports: [['10.0.0.1', 3000]] },
    { ...NEW, ports: [['10.0.0.2', 3001]] },
  ]),
  'on ports far from each other, without history': { ...soon([OLD, { ...NEW, ports: [3050] }]), agentFrom: HOUR },
  'far from each other, all ports between held by others': {
    ...soon([
      OLD,
      { pid: 300, from: 0, ports: BETWEEN, is: { ...java, toldPorts: BETWEEN } },
      { ...NEW, ports: [3015] },
    ]),
    agentFrom: HOUR,
  },
  'another program has a port it held for minutes, its home is elsewhere': {
    actors: [
      { ...OLD, ports: [8080], to: 900 },
      { ...OLD, pid: 101, from: 910, to: 40 * HOUR },
      { pid: 300, from: 40 * HOUR, ports: [8080], is: java },
      { ...NEW, from: 40 * HOUR + 5, ports: [3000, 9999] },
    ],
    until: 40 * HOUR + 10,
  },
  'the newer one has the lower port, without history': {
    ...soon([
      { ...OLD, ports: [3001] },
      { ...NEW, ports: [3000] },
    ]),
    agentFrom: HOUR,
  },
  'different programs on adjoining ports': soon([OLD, { ...NEW, is: java }]),
  'two services that run the same program': soon([
    { ...OLD, is: service('web-a.service') },
    { ...NEW, is: service('web-b.service') },
  ]),
  'it is elsewhere on most other machines, and nothing on this one speaks for it': {
    ...soon([{ ...NEW, ports: [3050] }]),
    fleetHomes: [FLEET],
  },
  'it is on its own home, which is another one on most machines': {
    actors: [
      { ...OLD, ports: [3050], to: 40 * 60 },
      { pid: 300, from: 1800, ports: [3000], is: java },
      { ...NEW, ports: [3050, 9999] },
    ],
    until: HOUR + 2,
    fleetHomes: [FLEET],
  },
  'two services of a user that run the same program': soon([
    { ...OLD, is: { unit: 'sync.service', scope: 'user' } },
    { ...NEW, is: { unit: 'editor.service', scope: 'user' } },
  ]),
  'two containers in one network namespace': soon([
    { ...OLD, is: { container: { id: 'a', runtime: 'docker', pod: null }, scope: 'container' } },
    { ...NEW, is: { container: { id: 'b', runtime: 'docker', pod: null }, scope: 'container' } },
  ]),
  'two network namespaces': soon([OLD, { ...NEW, namespace: '4026532000' }]),
  'a helper of the older one listens far away': {
    ...soon([OLD, { ...NEW, ports: [21000], is: { parentPid: 150, ancestors: [150, 100] } }]),
  },
  'an ephemeral port is no home': {
    ...soon([
      { ...OLD, ports: [40122] },
      { ...NEW, ports: [40123] },
    ]),
  },
  'a forwarded port of a login': soon([
    { ...OLD, ports: [6010], is: { program: 'sshd', programKey: 'sshd /usr/sbin/sshd' } },
    { ...NEW, ports: [6011], is: { program: 'sshd', programKey: 'sshd /usr/sbin/sshd' } },
  ]),
  'published ports of containers': soon([
    { ...OLD, is: { program: 'docker-proxy', programKey: 'docker-proxy /usr/bin/docker-proxy' } },
    { ...NEW, is: { program: 'docker-proxy', programKey: 'docker-proxy /usr/bin/docker-proxy' } },
  ]),
  'PID 1 holds the home and hands it to services': soon([
    {
      pid: 1,
      from: -100,
      ports: [3000],
      socket: 'activated',
      is: { program: 'systemd', programKey: 'systemd /usr/lib/systemd/systemd' },
    },
    { ...OLD, socket: 'activated', to: 300 },
    { ...OLD, pid: 101, from: 400, socket: 'activated' },
  ]),
  'the program moved for good: one process was on the old port, nobody is now': soon([
    { ...OLD, to: 1000 },
    { ...NEW, ports: [3077] },
  ]),
  'it holds one of the declared alternatives': {
    ...soon([{ ...NEW, ports: [3100] }]),
    expectations: [
      declared({
        exe: 'node',
        places: [
          { address: '127.0.0.1', port: 3000 },
          { address: '127.0.0.1', port: 3100 },
        ],
      }),
    ],
  },
  'the declared executable runs other programs, too, and the declared one is home': {
    ...soon([OLD, { ...NEW, ports: [4000], is: { programKey: 'node /srv/other.js' } }]),
    expectations: [declared({ exe: 'node' })],
  },
  'nobody is on the declared port, and several programs could be meant': {
    ...soon([
      { ...NEW, ports: [4000], is: { programKey: 'node /srv/one.js' } },
      { ...NEW, pid: 201, ports: [5000], is: { programKey: 'node /srv/other.js' } },
    ]),
    expectations: [declared({ exe: 'node' })],
  },
  'each has the number of its port as an argument': soon([
    { ...OLD, is: { commandLine: ['python3', '-m', 'http.server', '3000'] } },
    { ...NEW, is: { commandLine: ['python3', '-m', 'http.server', '3001'] } },
  ]),
  'it is on its port of the other loopback address, and nobody is on its own': {
    ...soon([{ ...NEW, ports: [['::1', 3000]] }]),
    expectations: [declared({ exe: 'node' })],
  },
  'another one of its batch is on the declared port': {
    ...soon([OLD, { ...NEW, from: 3 }]),
    expectations: [declared({ exe: 'node' })],
  },
  'told a port that it holds for UDP': {
    ...soon([{ ...NEW, is: told(8125) }]),
    seen: (look) => ({
      ...look,
      listeners: look.listeners.flatMap((one) => [one, { ...one, protocol: 'udp' as const, port: 8125, inode: '77' }]),
    }),
  },
  'the declaration speaks of another unit': {
    ...soon([{ ...NEW, ports: [4711], is: service('api.service') }]),
    expectations: [declared({ unit: 'web.service' })],
  },
};

test('who holds its home by a wildcard is at home, though exposed', () => {
  const day = { ...soon([{ ...NEW, ports: [['0.0.0.0', 3000] as const, 9229] }]) };
  assert.deepEqual(said(judged({ ...day, expectations: [declared({ exe: 'node' })] })), ['exposed 3000']);
});

suite('drift is silent when', () => {
  for (const [when, day] of Object.entries(SILENT)) {
    test(when, () => assert.deepEqual(said(judged(day)), []));
  }
});
