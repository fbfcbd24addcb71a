import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connections, ErrorAnswer, Gauges, Kernel, ListenerGauge } from '@portlight/agent/contract';
import type { HostView, Snapshot } from '../src/views.ts';
import { alive, change, full, holder, listener, NAMESPACE, restarted, snapshot } from './bodies.ts';
import { json, trialServer, type TrialServer } from './trial-server.ts';

const connections: Connections = {
  established: 61,
  unaccepted: 129,
  synReceived: 0,
  closeWait: 388,
  finWait: 0,
  timeWait: 0,
};

const gauge = (inode: string, acceptQueue: number): ListenerGauge => ({
  inode,
  networkNamespace: NAMESPACE,
  acceptQueue,
  connections,
});

function gauges(listeners: readonly ListenerGauge[], kernel: Partial<Gauges['kernel']> = {}): Gauges {
  const numbers: { -readonly [K in keyof Kernel]?: Kernel[K] } = { ...snapshot().kernel };
  delete numbers.reservedPorts;
  return { listeners, kernel: { ...(numbers as Gauges['kernel']), ...kernel } };
}

const twoListeners = (): object =>
  full({ snapshot: snapshot({ listeners: [listener(), listener({ port: 3001, inode: '90002' })] }) });

async function stored(server: TrialServer): Promise<Snapshot> {
  return (await json<HostView>(server.get('/api/v1/hosts/web-01'))).snapshot;
}

/** Queue of each port, in their order. */
async function queues(server: TrialServer): Promise<readonly (number | null)[]> {
  return (await stored(server)).listeners.map(({ acceptQueue }) => acceptQueue);
}

test('gauges are shown in place of the numbers stored, beside what is set by hand', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  await server.push(alive({ gauges: gauges([gauge('90001', 129)], { listenOverflows: 2_114 }) }));
  const { listeners, kernel } = await stored(server);
  assert.deepEqual(
    listeners.map((row) => [row.acceptQueue, row.connections]),
    [[129, connections]],
  );
  assert.deepEqual(kernel, { ...snapshot().kernel, listenOverflows: 2_114 });
});

test('what one sign of life told stays true when the next tells of another listener, or of nothing', async (context) => {
  const server = await trialServer(context);
  await server.push(twoListeners());
  await server.push(alive({ gauges: gauges([gauge('90001', 129)]) }));
  await server.push(alive({ sequence: 3, gauges: gauges([gauge('90002', 7)]) }));
  await server.push(alive({ sequence: 4 }));
  assert.deepEqual(await queues(server), [129, 7]);
  await server.push(alive({ sequence: 5, gauges: gauges([gauge('90001', 0)]) }));
  assert.deepEqual(await queues(server), [0, 7]);
});

test('a change is newer than the gauges of its listeners, and of no others', async (context) => {
  const server = await trialServer(context);
  await server.push(twoListeners());
  await server.push(alive({ gauges: gauges([gauge('90001', 129), gauge('90002', 7)], { listenOverflows: 5 }) }));
  const changed = [listener({ acceptQueue: 130, acceptQueueStuckSince: '2026-11-23T15:17:05.123Z' })];
  await server.push(change({ sequence: 3, changed, processes: [holder()] }));
  assert.deepEqual(await queues(server), [130, 7]);
  assert.equal((await stored(server)).kernel.listenOverflows, 5);
});

test('a full push is newer than all gauges', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  await server.push(alive({ gauges: gauges([gauge('90001', 129)], { listenOverflows: 5 }) }));
  await server.push(full({ sequence: 3 }));
  const { listeners, kernel } = await stored(server);
  assert.deepEqual([listeners[0]?.acceptQueue, kernel.listenOverflows], [0, 0]);
});

test('gauges of another state or of another agent start are not believed', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  const told = gauges([gauge('90001', 129)]);
  await server.push(alive({ digest: 'other', gauges: told }));
  await server.push(alive({ agentStartedAt: '2026-11-23T16:00:00.000Z', sequence: 1, gauges: told }));
  assert.deepEqual(await queues(server), [0]);
});

test('a new agent start does not inherit the gauges of the one before', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  await server.push(alive({ gauges: gauges([gauge('90001', 129)]) }));
  await server.push(restarted('2026-11-23T16:00:00.000Z', { digest: 'digest-3' }));
  assert.deepEqual(await queues(server), [0]);
});

test('of an agent that tells of ever new sockets the newest are kept', async (context) => {
  const server = await trialServer(context);
  await server.push(twoListeners());
  await server.push(alive({ gauges: gauges([gauge('90001', 129)]) }));
  for (let turn = 0; turn < 10; turn += 1) {
    const others = Array.from({ length: 32 }, (_, index) => gauge(String(1_000 * (turn + 1) + index), 1));
    await server.push(alive({ sequence: 3 + turn, gauges: gauges(others) }));
  }
  await server.push(alive({ sequence: 20, gauges: gauges([gauge('90002', 7)]) }));
  assert.deepEqual(await queues(server), [0, 7]);
});

const REFUSED = [
  ['more listeners than a kilobyte holds', { ...gauges([]), listeners: Array(33).fill(gauge('1', 1)) }, /at most 32/],
  ['a queue below zero', gauges([gauge('1', -1)]), /\.acceptQueue: expected a whole number/],
  ['what else is known of a listener', { ...gauges([]), listeners: [listener()] }, /unknown key "protocol"/],
  ['reserved ports', { ...gauges([]), kernel: snapshot().kernel }, /\.kernel: unknown key "reservedPorts"/],
] as const;

for (const [what, wrong, fault] of REFUSED) {
  test(`gauges with ${what} are refused with the fault`, async (context) => {
    const server = await trialServer(context);
    await server.push(full());
    const response = await server.post('/api/v1/push', alive({ gauges: wrong }));
    assert.equal(response.status, 422);
    assert.match((await json<ErrorAnswer>(response)).error.faults?.join('\n') ?? '', fault);
  });
}
