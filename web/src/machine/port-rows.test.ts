import assert from 'node:assert/strict';
import test from 'node:test';
import type { Holder } from '@portlight/server/views';
import { toMs } from '../format/time.ts';
import { holder, listener } from '../test/listeners.ts';
import { isExposed, portRow } from './port-rows.ts';

const now = toMs('2026-11-23T03:14:07.000Z');

test('a listener becomes a row fit to be shown', () => {
  assert.deepEqual(portRow(listener, now), {
    key: '4026531840/4711/tcp',
    port: 3000,
    protocol: 'tcp',
    address: '127.0.0.1',
    exposure: 'loopback',
    namespace: null,
    program: 'node',
    args: '/srv/web/server.js',
    pids: [18231],
    pidsOmitted: 0,
    unknown: null,
    user: 'web',
    owner: 'web.service',
    age: { text: '32 min', why: null },
    queue: { waiting: 3, limit: 128, isFull: false, stuckSince: null },
    connections: [
      { count: 61, state: 'est' },
      { count: 3, state: 'waiting' },
      { count: 388, state: 'close-wait' },
    ],
  });
});

const unknown = [
  ['denied', 'not visible to the agent'],
  ['vanished', 'gone before it was found'],
  ['kernel', 'held by the kernel'],
  ['other-pid-namespace', 'in another pid namespace'],
] as const;

for (const [holdersUnknown, short] of unknown) {
  test(`a socket without holders says why in words: ${holdersUnknown}`, () => {
    const row = portRow({ ...listener, holders: [], holdersUnknown, user: null, openedAt: null }, now);
    assert.equal(row.program, null);
    assert.equal(row.unknown?.short, short);
    assert.deepEqual([row.pids, row.owner, row.user, row.age.text], [[], '', 'uid 1000', 'unknown']);
  });
}

test('a port older than the agent is at most as old as its oldest process', () => {
  const young = { ...holder, pid: 7, startedAt: '2026-11-23T03:00:00.000Z' };
  const { age } = portRow({ ...listener, openedAt: null, holders: [young, holder] }, now);
  assert.equal(age.text, '≤ 6 d 1 h');
  assert.match(age.why ?? '', /before the agent started/);
});

test('holders of several programs are all named, each once', () => {
  const other = { ...holder, pid: 9, program: 'php-fpm' };
  const row = portRow({ ...listener, holders: [holder, { ...holder, pid: 8 }, other], holdersOmitted: 5 }, now);
  assert.deepEqual([row.program, row.pids, row.pidsOmitted], ['node, php-fpm', [18231, 8, 9], 5]);
});

const commandLines = [
  ['arguments follow the program', 'node', ['node', '/srv/web.js', '-p'], '/srv/web.js -p'],
  [
    'a title does not repeat the name',
    'nginx',
    ['nginx: master process /usr/sbin/nginx'],
    'master process /usr/sbin/nginx',
  ],
  ['a bare command adds nothing', 'sshd', ['/usr/sbin/sshd'], ''],
  ['another title is shown whole', 'postgres', ['checkpointer'], 'checkpointer'],
  ['no command line is no arguments', 'node', [], ''],
  ['hostile arguments are shown escaped', 'node', ['node', '$(reboot)', '\u202egnp\n'], '$(reboot) \\u202egnp\\u000a'],
] as const;

for (const [name, program, commandLine, args] of commandLines) {
  test(name, () => {
    assert.equal(portRow({ ...listener, holders: [{ ...holder, program, commandLine }] }, now).args, args);
  });
}

test('a container goes before its unit; a login session and nothing at all are told apart', () => {
  const id = '3f2a1b9c0d1e3f2a1b9c0d1e3f2a1b9c0d1e3f2a1b9c0d1e3f2a1b9c0d1e3f2a';
  const ownerOf = (change: Partial<Holder>) => portRow({ ...listener, holders: [{ ...holder, ...change }] }, now).owner;
  assert.equal(ownerOf({ container: { id, runtime: 'docker', pod: null } }), 'docker 3f2a1b9c0d1e');
  assert.equal(ownerOf({ unit: null, scope: 'session' }), 'login session');
  assert.equal(ownerOf({ unit: null }), 'no unit');
});

test('what was not counted stays unknown and is not shown as none', () => {
  const udp = portRow(
    { ...listener, protocol: 'udp', acceptQueue: null, acceptQueueLimit: null, connections: null },
    now,
  );
  assert.deepEqual([udp.queue, udp.connections], [null, null]);
});

test('exposed is what the host offers on every interface or a public address', () => {
  const cases = (['loopback', 'private', 'public', 'any'] as const).map((exposure) => [
    isExposed({ exposure, isHostNamespace: true }),
    isExposed({ exposure, isHostNamespace: false }),
  ]);
  assert.deepEqual(cases, [
    [false, false],
    [false, false],
    [true, false],
    [true, false],
  ]);
});
