import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judged, type Day } from '../../test/day.ts';
import { HOUR, OLD, NEW, declared, told, java, service, said, soon } from '../../test/stale-day.ts';

const STALE = ['drift 3000→3001 ignored-sigterm 100'];

const KEY = 'node /srv/web/server.js';

const FIRES: Readonly<Record<string, readonly [Day, readonly string[]]>> = {
  'an older process holds the port below, and nothing else is known': [soon([OLD, NEW]), STALE],
  'the agent starts after it happened': [{ ...soon([OLD, NEW]), agentFrom: HOUR + 1 }, STALE],
  'the agent starts after it happened, and the new one is told its home': [
    { ...soon([OLD, { ...NEW, is: told(3000) }]), agentFrom: HOUR + 1 },
    STALE,
  ],
  'told, and nobody holds the port': [{ ...soon([{ ...NEW, is: told(3000) }]) }, ['drift 3000→3001']],
  'told, within seconds of the old one': [soon([OLD, { ...NEW, from: 3, is: told(3000) }]), STALE],
  'its argument is the number of its home': [
    soon([OLD, NEW].map((actor) => ({ ...actor, is: { commandLine: ['node', 'server.js', '3000'] } }))),
    STALE,
  ],
  'told several ports, holding none of them': [soon([{ ...NEW, is: told(3000, 9229) }]), ['drift 3000→3001']],
  'told a port for its metrics, and on the wrong one of its own': [
    soon([OLD, { ...NEW, ports: [2112, 3001], is: told(2112) }]),
    STALE,
  ],
  'another program holds where it is on most other machines': [
    {
      ...soon([
        { pid: 300, from: 0, ports: [3000], is: java },
        { ...NEW, ports: [3050] },
      ]),
      fleetHomes: [{ programKey: KEY, address: '127.0.0.1', port: 3000, support: '192 of 200' }],
    },
    ['drift 3000→3050'],
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
    ['drift 3000→3001 missing'],
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
  'the program files of both were replaced since': [
    soon([OLD, NEW].map((actor) => ({ ...actor, is: { executableDeleted: true } }))),
    [...STALE, 'outdated-executable 3001'],
  ],
  'the opener was not seen; a process of another user holds the home': [
    {
      ...soon([
        { ...OLD, is: { ...java, uid: 33 } },
        { ...NEW, is: told(3000) },
      ]),
      agentFrom: HOUR,
    },
    ['drift 3000→3001 wrong-holder 100'],
  ],
  'the opener was not seen; a process with a living parent holds the home': [
    {
      ...soon([
        { ...OLD, is: { ...java, parentPid: 50, ancestors: [50] } },
        { ...NEW, is: told(3000) },
      ]),
      agentFrom: HOUR,
    },
    ['drift 3000→3001 wrong-holder 100'],
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
