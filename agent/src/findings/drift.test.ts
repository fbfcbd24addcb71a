import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding } from '../contract.ts';
import { judged, type Actor, type Day } from '../../test/day.ts';
import type { Expectation } from './expectation.ts';

const HOUR = 3600;
const OLD: Actor = { pid: 100, from: 0, ports: [3000] };
const NEW: Actor = { pid: 200, from: HOUR, ports: [3001] };
const declared = (changes: Partial<Expectation> = {}): Expectation => ({
  name: 'web',
  places: [{ address: '127.0.0.1', port: 3000 }],
  unit: null,
  exe: null,
  user: null,
  ...changes,
});
const told = (...toldPorts: number[]) => ({ toldPorts });
const java = { program: 'java', programKey: 'java /srv/other.jar' };
const service = (unit: string) => ({ unit, scope: 'system' as const });

/** `drift 3000→3001 ignored-sigterm`, the worst first. */
function said(findings: readonly Finding[]): readonly string[] {
  return findings.map((finding) => {
    const to = finding.kind === 'drift' ? `→${finding.details.current.map(({ port }) => port).join()}` : '';
    return [`${finding.kind} ${finding.port}${to}`, ...finding.causes.map(({ cause, pid }) => `${cause} ${pid}`)].join(
      ' ',
    );
  });
}

const soon = (actors: readonly Actor[]): Day => ({ actors, until: Math.max(...actors.map(({ from }) => from)) + 2 });

const STALE = ['drift 3000→3001 ignored-sigterm 100'];

const FIRES: Readonly<Record<string, readonly [Day, readonly string[]]>> = {
  'an older process holds the port below, and nothing else is known': [soon([OLD, NEW]), STALE],
  'the agent starts after it happened': [{ ...soon([OLD, NEW]), agentFrom: HOUR + 1 }, STALE],
  'the agent starts after it happened, and the new one is told its home': [
    { ...soon([OLD, { ...NEW, is: told(3000) }]), agentFrom: HOUR + 1 },
    STALE,
  ],
  'told, and nobody holds the port': [{ ...soon([{ ...NEW, is: told(3000) }]) }, ['drift 3000→3001']],
  'told, within seconds of the old one': [soon([OLD, { ...NEW, from: 3, is: told(3000) }]), STALE],
  'told several ports, holding none of them': [soon([{ ...NEW, is: told(3000, 9229) }]), ['drift 3000→3001']],
  'told a port for its metrics, and on the wrong one of its own': [
    soon([OLD, { ...NEW, ports: [2112, 3001], is: told(2112) }]),
    STALE,
  ],
  'declared, by the unit of the process': [
    {
      ...soon([{ ...NEW, ports: [4711], is: service('web.service') }]),
      expectations: [declared({ unit: 'web.service' })],
    },
    ['drift 3000→4711'],
  ],
  'declared without selectors, for a unit of that name': [
    { ...soon([{ ...NEW, ports: [4711], is: service('web.service') }]), expectations: [declared()] },
    ['drift 3000→4711'],
  ],
  'declared without selectors, where the program was before': [
    { ...soon([{ ...OLD, to: 20 }, NEW]), expectations: [declared()] },
    ['drift 3000→3001'],
  ],
  'declared with alternatives, none of them held': [
    {
      ...soon([{ ...NEW, ports: [3101] }]),
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
    ['drift 3100→3101'],
  ],
  'declared, whatever its starter told it': [
    { ...soon([{ ...NEW, is: told(3001) }]), expectations: [declared({ exe: '/usr/bin/node' })] },
    ['drift 3000→3001'],
  ],
  'another program holds a home that was held here for ten minutes': [
    soon([
      { ...OLD, to: 700 },
      { pid: 300, from: 710, ports: [3000], is: java },
      { ...NEW, ports: [3007] },
    ]),
    ['drift 3000→3007'],
  ],
  'two earlier processes in turn held the home': [
    soon([
      { ...OLD, to: 700 },
      { ...OLD, pid: 101, from: 701, to: 1500 },
      { ...NEW, ports: [3077] },
    ]),
    ['drift 3000→3077'],
  ],
  'the old one binds every interface': [soon([{ ...OLD, ports: [['0.0.0.0', 3000]] }, NEW]), STALE],
  'the new one is on the same port of the other loopback address': [
    soon([OLD, { ...NEW, ports: [['::1', 3000]] }]),
    ['drift 3000→3000 ignored-sigterm 100'],
  ],
  'the new one takes whatever port it is given': [
    soon([OLD, { ...NEW, ports: [40123] }]),
    ['drift 3000→40123 ignored-sigterm 100'],
  ],
  'each of two homes is one drift': [
    soon([
      { ...OLD, ports: [3000, 4000] },
      { ...NEW, ports: [3001, 4001] },
    ]),
    ['drift 3000→3001 ignored-sigterm 100', 'drift 4000→4001 ignored-sigterm 100'],
  ],
  'a port between is held by another program': [
    soon([OLD, { pid: 300, from: 1, ports: [3001], is: java }, { ...NEW, ports: [3002] }]),
    ['drift 3000→3002 ignored-sigterm 100'],
  ],
  'one in a service, the other started by hand': [
    soon([OLD, { ...NEW, is: service('web.service') }]),
    ['drift 3000→3001 other-starter 100'],
  ],
  'a process manager is the parent of both': [
    soon([
      { ...OLD, is: { parentPid: 50, ancestors: [50] } },
      { ...NEW, is: { parentPid: 50, ancestors: [50] } },
    ]),
    STALE,
  ],
  'the old one started the new one and stayed': [
    soon([OLD, { ...NEW, is: { parentPid: 100, ancestors: [100] } }]),
    STALE,
  ],
  'the program file of the old one was replaced': [
    soon([{ ...OLD, is: { executableDeleted: true } }, NEW]),
    ['drift 3000→3001 replaced 100'],
  ],
  'workers of the old one hold the socket, too': [
    soon([
      { ...OLD, socket: 'shared' },
      { ...OLD, pid: 110, from: 2, socket: 'shared', is: { parentPid: 100, ancestors: [100] } },
      NEW,
    ]),
    STALE,
  ],
  'the opener is dead, a child of another program holds the socket': [
    soon([
      { ...OLD, to: 1800, socket: 'inherited' },
      {
        ...OLD,
        pid: 110,
        from: 10,
        socket: 'inherited',
        is: { ...java, program: 'sleep', programKey: 'sleep /bin/sleep' },
      },
      NEW,
    ]),
    ['drift 3000→3001 inherited 110'],
  ],
  'the opener was not seen; an orphan of another program holds the home': [
    {
      ...soon([
        { pid: 110, from: 10, ports: [3000], is: { program: 'sleep', programKey: 'sleep /bin/sleep' } },
        { ...NEW, is: told(3000) },
      ]),
      agentFrom: HOUR,
    },
    ['drift 3000→3001 inherited 110'],
  ],
};

suite('drift fires when', () => {
  for (const [when, [day, expected]] of Object.entries(FIRES)) {
    test(when, () => assert.deepEqual(said(judged(day)), expected));
  }
});

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
  'it holds its home by a wildcard': {
    ...soon([{ ...NEW, ports: [['0.0.0.0', 3000], 9229] }]),
    expectations: [declared({ exe: 'node' })],
  },
};

suite('drift is silent when', () => {
  for (const [when, day] of Object.entries(SILENT)) {
    test(when, () => assert.deepEqual(said(judged(day)), []));
  }
});
