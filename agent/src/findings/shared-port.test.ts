import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding, Holder } from '../contract.ts';
import { judged, timeOf, type Actor, type Day } from '../../test/day.ts';
import { java } from '../../test/stale-day.ts';

const WEB: Actor = { pid: 100, from: 0, ports: [3000] };
const API: Actor = { pid: 200, from: 600, ports: [3000], is: { ...java, unit: 'api.service' } };
const python = { program: 'python3', programKey: 'python3 /srv/report.py' };
const both = (web: Partial<Actor>, api: Partial<Actor> = {}): Day => ({
  actors: [
    { ...WEB, ...web },
    { ...API, ...api },
  ],
  until: 602,
});
/** The two of them with what both are. */
const alike = (is: Partial<Holder>, from = API.from): Day =>
  both({ from: from - 10, is }, { from, is: { ...java, ...is } });

const shared = (day: Day) => judged(day).filter(({ kind }) => kind === 'shared-port');
const said = (findings: readonly Finding[]) =>
  findings.map(({ severity, title, subtitle }) => [severity, title, subtitle].join(' | '));
const TWO = 'warning | Two programs share 3000 | Shared port · SO_REUSEPORT · pids 100, 200';

const FIRES: Readonly<Record<string, readonly [Day, readonly string[]]>> = {
  'two programs listen on one address and port': [both({}), [TWO]],
  'a third one comes': [
    { actors: [WEB, API, { pid: 300, from: 601, ports: [3000], is: python }], until: 602 },
    ['warning | Three programs share 3000 | Shared port · SO_REUSEPORT · pids 100, 200, 300'],
  ],
  'they have but PID 1 for a parent': [alike({ parentPid: 1, ancestors: [] }), [TWO]],
  'their parents are not known': [alike({ parentPid: null, ancestors: [] }), [TWO]],
  'children of one parent were started more than a batch apart': [
    both({ is: { parentPid: 50, ancestors: [50] } }, { is: { ...java, parentPid: 50, ancestors: [50] } }),
    [TWO],
  ],
  'their parent is a process manager': [alike({ parentPid: 50, ancestors: [50], unit: 'supervisor.service' }), [TWO]],
  'their parent is the service manager of a login': [alike({ parentPid: 50, ancestors: [50], scope: 'user' }), [TWO]],
  'their parent is what started their container': [
    alike({ parentPid: 50, ancestors: [50], scope: 'container' }),
    [TWO],
  ],
  'two services run the same program': [
    both({ is: { unit: 'old.service' } }, { is: { unit: 'new.service', parentPid: 1 } }),
    [TWO],
  ],
  'each has workers of its own': [
    {
      actors: [
        { ...WEB, socket: 'web' },
        { ...WEB, pid: 101, from: 1, socket: 'web', is: { parentPid: 100, ancestors: [100] } },
        { ...API, socket: 'api' },
        { ...API, pid: 201, from: 601, socket: 'api', is: { ...java, parentPid: 200, ancestors: [200] } },
      ],
      until: 602,
    },
    [TWO],
  ],
  'it is in a network namespace of its own': [both({ namespace: '4026532000' }, { namespace: '4026532000' }), [TWO]],
};

suite('shared port fires when', () => {
  for (const [when, [day, expected]] of Object.entries(FIRES)) {
    test(when, () => assert.deepEqual(said(shared(day)), expected));
  }
});

const SILENT: Readonly<Record<string, Day>> = {
  'they are on different addresses': both({ ports: [['127.0.0.1', 3000]] }, { ports: [['127.0.0.2', 3000]] }),
  'they are on different ports': both({}, { ports: [3001] }),
  'they are in different network namespaces': both({}, { namespace: '4026532000' }),
  'both hold one socket': both({ socket: 'one' }, { socket: 'one' }),
  'they are processes of one program': both({}, { is: {} }),
  'they are processes of one program, one of them in no service': both({}, { is: { unit: null } }),
  'two services of one template run the same program': both(
    { is: { unit: 'web@1.service' } },
    { is: { unit: 'web@2.service' } },
  ),
  'one was started by the other': both({}, { is: { ...java, parentPid: 70, ancestors: [70, 100] } }),
  'the older was started by the newer, which came by exec': both({ is: { parentPid: 200, ancestors: [200] } }),
  'they are children of one parent, started together': alike({ parentPid: 50, ancestors: [50] }),
  'when they started is not known': alike({ parentPid: 50, ancestors: [50], startTicks: null }),
  'they are services of one template': both(
    { is: { unit: 'web@1.service' } },
    { is: { ...java, unit: 'web@2.service' } },
  ),
  'one is PID 1': both({ pid: 1, is: { program: 'systemd', programKey: 'systemd /lib/systemd/systemd' } }),
  'one is docker-proxy': both({ is: { program: 'docker-proxy', programKey: 'docker-proxy /usr/bin/docker-proxy' } }),
  'what one of them runs cannot be seen': both({}, { is: { ...java, executable: null } }),
  'it is about datagrams': {
    ...both({}),
    seen: (look) => ({ ...look, listeners: look.listeners.map((one) => ({ ...one, protocol: 'udp' })) }),
  },
  'one of them is not known': {
    ...both({}),
    seen: (look) => ({
      ...look,
      listeners: look.listeners.map((one, at) => (at === 0 ? { ...one, holders: [], holdersUnknown: 'denied' } : one)),
    }),
  },
};

suite('shared port is silent when', () => {
  for (const [when, day] of Object.entries(SILENT)) {
    test(when, () => assert.deepEqual(said(shared(day)), []));
  }
});

test('it says who shares since when, and ends the older one only if it still listens', () => {
  const [found] = shared(both({}));
  assert.equal(found?.since, timeOf(600));
  assert.equal(found.sentence, 'Two unrelated processes share 3000; each gets a part of the connections.');
  assert.deepEqual(found.details, { pids: [100, 200] });
  assert.deepEqual(found.evidence, [
    'node (pid 100), started 23 Nov 00:00:00 UTC in no unit, has a socket of its own on 127.0.0.1:3000 since 23 Nov 00:00:00 UTC.',
    'java (pid 200), started 23 Nov 00:10:00 UTC in api.service, has a socket of its own on 127.0.0.1:3000 since 23 Nov 00:10:00 UTC.',
  ]);
  assert.deepEqual(
    found.steps.map(({ command }) => command),
    [
      "sudo ss -Hltnp 'sport = :3000'",
      'ps -o pid,ppid,user,lstart,args -p 100,200',
      "sudo ss -Hltnp 'sport = :3000' | grep -q 'pid=100,' && sudo kill -TERM 100",
    ],
  );
});

test('it stays one trouble when the older one is started again', () => {
  const [first] = shared(both({}));
  const [later] = shared({ actors: [{ ...WEB, to: 620 }, API, { ...WEB, pid: 300, from: 625 }], until: 630 });
  assert.deepEqual([later?.id, later?.details], [first?.id, { pids: [200, 300] }]);
});
