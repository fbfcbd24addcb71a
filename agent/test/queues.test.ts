import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Listener } from '../src/contract.ts';
import { openProcRoot } from '../src/proc/proc-root.ts';
import { changesBetween } from '../src/scan/changes.ts';
import { createFullScanner } from '../src/scan/full-scanner.ts';

const WITHIN_MS = 60_000;

/** A real server with a process of its own. */
async function slowServer(t: TestContext): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(new URL('slow-server.ts', import.meta.url));
  t.after(() => child.kill('SIGKILL'));
  const [{ port }] = (await once(child, 'message')) as [AddressInfo];
  return { child, port };
}

/** Looks at one port each second, as the agent does. */
function watcher(port: number): () => { at: number; listener: Listener; events: string[] } {
  const scanner = createFullScanner({ root: openProcRoot('/proc'), etc: openProcRoot('/etc'), commandLines: true });
  let before: readonly Listener[] | null = null;
  return () => {
    const at = new Date();
    const listeners = scanner.scan(at).listeners.filter((one) => one.port === port && one.protocol === 'tcp');
    const events = before === null ? [] : changesBetween(before, listeners, at).events;
    before = listeners;
    const listener = listeners[0] ?? assert.fail(`nobody listens on ${port}`);
    return { at: at.getTime(), listener, events: events.map(({ kind, detail }) => `${kind}: ${detail}`) };
  };
}

async function connected(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

test('two clients that a stopped server does not accept are a stuck queue, until it goes on', async (t) => {
  const { child, port } = await slowServer(t);
  const look = watcher(port);
  child.kill('SIGSTOP');
  await connected(t, port);
  await connected(t, port);
  const queuedAt = Date.now();

  const told: string[] = [];
  const until = async (isDone: (listener: Listener) => boolean) => {
    const deadline = Date.now() + WITHIN_MS;
    for (;;) {
      const { at, listener, events } = look();
      told.push(...events);
      if (isDone(listener)) return { at, listener };
      assert.ok(Date.now() < deadline, JSON.stringify(listener));
      await sleep(1000);
    }
  };
  const { at, listener } = await until(({ acceptQueueStuckSince }) => acceptQueueStuckSince !== null);
  const since = Date.parse(listener.acceptQueueStuckSince ?? '');
  assert.ok(since >= queuedAt && at - since >= 3000, `${queuedAt} ${since} ${at}`);
  assert.equal(listener.acceptQueue, 2);
  assert.equal(listener.connections?.unaccepted, 2);

  child.kill('SIGCONT');
  const freed = await until(({ acceptQueueStuckSince }) => acceptQueueStuckSince === null);
  assert.equal(freed.listener.acceptQueue, 0);
  assert.deepEqual(told, ['queue-stuck: 2 waiting', 'queue-moving: 0 waiting']);
});

test('a full queue that moves is not stuck, however long it is full', async (t) => {
  const { child, port } = await slowServer(t);
  let isOver = false;
  let accepted = 0;
  child.on('message', () => accepted++);
  const clients = new Set<Socket>();
  const keepConnecting = () => {
    if (isOver) return;
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    clients.add(socket);
    socket.once('close', () => {
      clients.delete(socket);
      keepConnecting();
    });
  };
  t.after(() => {
    isOver = true;
    for (const socket of clients) socket.destroy();
  });
  for (let client = 0; client < 30; client++) keepConnecting();

  const look = watcher(port);
  const lengths: number[] = [];
  const deadline = Date.now() + WITHIN_MS;
  for (let fullLooks = 0; fullLooks < 8;) {
    const { listener, events } = look();
    lengths.push(listener.acceptQueue ?? -1);
    fullLooks = (listener.acceptQueue ?? 0) >= 4 ? fullLooks + 1 : 0;
    assert.deepEqual([listener.acceptQueueStuckSince, events], [null, []], `queue lengths: ${lengths.join(' ')}`);
    assert.ok(Date.now() < deadline, `the queue is not full: ${lengths.join(' ')}`);
    await sleep(1000);
  }
  assert.ok(accepted >= 8, `the server accepted ${accepted}`);
});
