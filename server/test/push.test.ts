import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { PushAnswer } from '@portlight/agent/contract';
import type { EventView, HostView, Page, TimelineView } from '../src/views.ts';
import {
  alive,
  BOOT_ID,
  change,
  event,
  full,
  holder,
  HOST_ID,
  leaving,
  listener,
  NAMESPACE,
  restarted,
  snapshot,
} from './bodies.ts';
import { json, trialServer, type TrialServer } from './trial-server.ts';

async function eventsOf(server: TrialServer): Promise<readonly string[]> {
  const { items } = await json<Page<EventView>>(server.get('/api/v1/hosts/web-01/events?from=2026-01-01T00:00:00Z'));
  return items.map(({ kind, port, inode, detail }) => `${kind} ${port} ${inode} ${detail ?? ''}`.trim());
}

async function portsOf(server: TrialServer): Promise<readonly number[]> {
  const { snapshot: stored } = await json<HostView>(server.get('/api/v1/hosts/web-01'));
  return stored.listeners.map(({ port }) => port);
}

test('a full push is answered by 202 and shown with its holders written out', async (context) => {
  const server = await trialServer(context);
  const answer = await server.push(full());
  assert.deepEqual(
    { ...answer, serverTime: '' },
    { accepted: true, needFull: false, aliveEverySeconds: 15, serverTime: '', expectations: null },
  );
  const view = await json<HostView>(server.get(`/api/v1/hosts/${HOST_ID}`));
  assert.deepEqual(view.snapshot, { ...snapshot(), listeners: [{ ...listener(), holders: [holder()] }] });
  assert.equal(view.host.group, 'web');
  assert.equal(view.host.state, 'reporting');
});

test('a change opens, changes and closes listeners; processes nobody needs any more are gone', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  const { needFull } = await server.push(
    change({
      opened: [listener({ port: 3001, inode: '90002', holders: [0] })],
      closed: [{ protocol: 'tcp', address: '127.0.0.1', port: 3000, networkNamespace: NAMESPACE, inode: '90001' }],
      processes: [holder({ pid: 4712, startTicks: 9 })],
      events: [event({ id: 1, kind: 'closed' }), event({ id: 2, port: 3001, inode: '90002' })],
    }),
  );
  assert.equal(needFull, false);
  const { snapshot: stored } = await json<HostView>(server.get('/api/v1/hosts/web-01'));
  assert.deepEqual(
    stored.listeners.map(({ port, holders }) => [port, holders.map(({ pid }) => pid)]),
    [[3001, [4712]]],
  );
  assert.deepEqual(await eventsOf(server), ['opened 3001 90002', 'closed 3000 90001']);
});

test('the same push twice has the effect of once', async (context) => {
  const server = await trialServer(context);
  const twice = change({
    opened: [listener({ port: 3001, inode: '90002' })],
    processes: [holder()],
    events: [event({ port: 3001, inode: '90002' })],
  });
  await server.push(full());
  await server.push(twice);
  const { needFull } = await server.push(twice);
  assert.equal(needFull, false);
  assert.deepEqual(await portsOf(server), [3000, 3001]);
  assert.deepEqual(await eventsOf(server), ['opened 3001 90002']);
});

test('a change from another state asks for a full push and keeps its events', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  const { needFull } = await server.push(
    change({
      baseDigest: 'unknown',
      opened: [listener({ port: 3001, inode: '90002' })],
      processes: [holder()],
      events: [event({ port: 3001, inode: '90002' })],
    }),
  );
  assert.equal(needFull, true);
  assert.deepEqual(await portsOf(server), [3000]);
  assert.deepEqual(await eventsOf(server), ['opened 3001 90002']);
});

test('a full push within the same agent start derives no events', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  await server.push(full({ sequence: 2, digest: 'digest-2', snapshot: snapshot({ listeners: [] }), processes: [] }));
  assert.deepEqual(await portsOf(server), []);
  assert.deepEqual(await eventsOf(server), []);
});

test('a new agent start leaves a gap, and what changed across it is concluded once', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  const later = new Date(Date.now() + 60_000).toISOString();
  const listeners = [listener({ port: 3001, inode: '90002' }), listener({ port: 3002, inode: '90003' })];
  const again = restarted(later, {
    snapshot: snapshot({ takenAt: later, listeners }),
    digest: 'digest-3',
    events: [event({ port: 3002, inode: '90003', at: later })],
  });
  await server.push(again);
  await server.push(again);
  const events = await eventsOf(server);
  assert.deepEqual(events.toSorted(), [
    'closed 3000 90001 seen across a gap',
    'opened 3001 90002 seen across a gap',
    'opened 3002 90003',
  ]);
  const { gaps } = await json<TimelineView>(
    server.get('/api/v1/hosts/web-01/timeline?from=-1h&to=2027-01-01T00:00:00Z'),
  );
  assert.deepEqual(
    gaps.map(({ to }) => to),
    [later],
  );
});

test('openedAt survives a new agent start in the same boot', async (context) => {
  const server = await trialServer(context);
  const openedAt = '2026-11-23T15:10:00.000Z';
  await server.push(full({ snapshot: snapshot({ listeners: [listener({ openedAt })] }) }));
  await server.push(restarted('2026-11-23T16:00:00.000Z', { digest: 'digest-3' }));
  const { snapshot: stored } = await json<HostView>(server.get('/api/v1/hosts/web-01'));
  assert.deepEqual(
    stored.listeners.map((row) => row.openedAt),
    [openedAt],
  );
});

const SIGNS = [
  { of: 'an unknown machine', before: [], push: alive(), needFull: true },
  { of: 'a known machine', before: [full()], push: alive(), needFull: false },
  { of: 'a machine with another digest', before: [full()], push: alive({ digest: 'other' }), needFull: true },
  {
    of: 'another agent start',
    before: [full()],
    push: alive({ agentStartedAt: '2026-11-23T16:00:00.000Z' }),
    needFull: true,
  },
  { of: 'a machine that left', before: [full(), leaving()], push: alive({ sequence: 10 }), needFull: true },
] as const;

for (const { of, before, push, needFull } of SIGNS) {
  test(`a sign of life of ${of} is answered by needFull ${needFull}`, async (context) => {
    const server = await trialServer(context);
    for (const earlier of before) await server.push(earlier);
    assert.equal((await server.push(push)).needFull, needFull);
  });
}

test('a full push of the same sockets brings their numbers and leaves since when they are open', async (context) => {
  const server = await trialServer(context);
  const openedAt = '2026-11-23T15:10:00.000Z';
  await server.push(full({ snapshot: snapshot({ listeners: [listener({ openedAt, acceptQueue: 0 })] }) }));
  const busy = snapshot({ listeners: [listener({ openedAt: null, acceptQueue: 7 })] });
  await server.push(full({ sequence: 2, snapshot: busy }));
  const {
    snapshot: { listeners },
  } = await json<HostView>(server.get('/api/v1/hosts/web-01'));
  assert.deepEqual(
    listeners.map((row) => [row.acceptQueue, row.openedAt, row.holders.length]),
    [[7, openedAt, 1]],
  );
  assert.equal((await server.push(alive({ sequence: 3 }))).needFull, false);
  assert.deepEqual(await eventsOf(server), []);
});

test('a leaving machine is shown as left until it comes back', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  await server.push(leaving());
  assert.equal((await json<HostView>(server.get('/api/v1/hosts/web-01'))).host.state, 'left');
  await server.push(full({ sequence: 10 }));
  assert.equal((await json<HostView>(server.get('/api/v1/hosts/web-01'))).host.state, 'reporting');
});

test('bodies come plain, as gzip and as zstd', async (context) => {
  const server = await trialServer(context);
  const body = Buffer.from(JSON.stringify(full()));
  const codings = [
    ['identity', body],
    ['gzip', gzipSync(body)],
    ['zstd', zstdCompressSync(body)],
  ] as const;
  for (const [coding, bytes] of codings) {
    const response = await server.post('/api/v1/push', bytes, { 'Content-Encoding': coding });
    assert.equal(response.status, 202, coding);
  }
});

test('three pushes use one connection', async (context) => {
  const server = await trialServer(context);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => {
    agent.destroy();
  });
  const ports = [
    await pushBy(agent, server, full()),
    await pushBy(agent, server, alive()),
    await pushBy(agent, server, alive({ sequence: 3 })),
  ];
  assert.equal(new Set(ports).size, 1);
});

/** Pushes by that agent; answers the local port of the connection. */
function pushBy(agent: Agent, server: TrialServer, body: object): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}/api/v1/push`,
      { agent, method: 'POST', headers: { 'Content-Type': 'application/json' } },
      (response) => {
        const port = response.socket.localPort;
        assert.equal(response.headers['keep-alive'], 'timeout=65');
        response.resume().once('end', () => {
          resolve(port);
        });
      },
    );
    sent.once('error', reject).end(JSON.stringify(body));
  });
}

test('what was acknowledged is there after a restart, and digests are still known', async (context) => {
  const first = await trialServer(context);
  await first.push(full());
  await first.stop();
  const again = await trialServer(context, ['--store', `sqlite:${first.folder}/portlight.db`]);
  assert.deepEqual(await portsOf(again), [3000]);
  assert.equal((await again.push(alive())).needFull, false);
  const view = await json<HostView>(again.get('/api/v1/hosts/web-01'));
  assert.equal(view.host.bootId, BOOT_ID);
});

test('pushes of many machines at once are each answered for themselves', async (context) => {
  const server = await trialServer(context);
  const bodies = Array.from({ length: 40 }, (_, index) => fullOfMachine(index));
  const answers = await Promise.all(bodies.map((body) => server.push(body)));
  assert.deepEqual(new Set(answers.map(({ needFull }: PushAnswer) => needFull)), new Set([false]));
  const { total } = await json<Page<unknown>>(server.get('/api/v1/hosts'));
  assert.equal(total, 40);
});

function fullOfMachine(index: number): object {
  const id = `machine-${String(index).padStart(4, '0')}`;
  const whole = snapshot();
  return full({ hostId: id, snapshot: { ...whole, host: { ...whole.host, id, name: `db-${index}` } } });
}
