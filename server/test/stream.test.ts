import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { openStore } from '../src/store/open-store.ts';
import { change, drift, event, full, holder, listener, snapshot } from './bodies.ts';
import { trialServer, type TrialServer } from './trial-server.ts';

interface Received {
  readonly event: string;
  readonly id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Stream {
  /** The next event of that name, else of any; what comes in between is passed over. */
  next(name?: string): Promise<Received>;
  /** Resolves when the server ends it. */
  ended(): Promise<void>;
  close(): void;
}

async function openStream(
  context: TestContext,
  server: TrialServer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Stream> {
  const controller = new AbortController();
  const close = (): void => {
    controller.abort();
  };
  context.after(close);
  const response = await fetch(`${server.url}/api/v1/stream`, { headers, signal: controller.signal });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const frames = framesOf(response);
  const next: Stream['next'] = async (name) => {
    const from = performance.now();
    for (;;) {
      const { value, done } = await frames.next();
      // A heartbeat comes every five seconds, so this is looked at.
      if (performance.now() - from > 20_000) throw new Error(`no ${name ?? 'event'} for 20 s`);
      if (done) throw new Error(`the stream ended before ${name ?? 'another event'}`);
      if (name === undefined || value.event === name) return value;
    }
  };
  const ended: Stream['ended'] = async () => {
    while (!(await frames.next()).done);
  };
  return { next, ended, close };
}

async function* framesOf(response: Response): AsyncGenerator<Received, undefined> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    const frames = (text + new TextDecoder().decode(chunk as Uint8Array)).split('\n\n');
    text = frames.pop() ?? '';
    yield* frames.map(parseFrame);
  }
  return undefined;
}

function parseFrame(frame: string): Received {
  const lines = frame.split('\n');
  const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? null;
  return {
    event: field('event') ?? '',
    id: field('id'),
    data: JSON.parse(field('data') ?? 'null') as Received['data'],
  };
}

function openPort(sequence: number): object {
  const row = { port: 3000 + sequence, inode: String(sequence) };
  return change({
    sequence,
    baseDigest: `digest-${sequence - 1}`,
    digest: `digest-${sequence}`,
    opened: [listener(row)],
    processes: [holder()],
    events: [event({ ...row, id: sequence })],
  });
}

test('a stream begins with the counts and tells each change at once', async (context) => {
  const server = await trialServer(context);
  const stream = await openStream(context, server);
  assert.deepEqual((await stream.next('summary')).data.machines, { total: 0, reporting: 0, silent: 0, left: 0 });
  const pushedAt = performance.now();
  await server.push(full());
  const hosts = await stream.next('hosts');
  assert.deepEqual(hosts.data.hosts, [{ id: '3f0e6c1e-7f5b-4a53-9a55-0c3a4a0f7b01', name: 'web-01' }]);
  assert.deepEqual((await stream.next('summary')).data.machines, { total: 1, reporting: 1, silent: 0, left: 0 });
  assert.ok(performance.now() - pushedAt < 1_000);
});

test('changes within a quarter of a second are told once', async (context) => {
  const server = await trialServer(context);
  const stream = await openStream(context, server);
  await server.push(full());
  const { id } = await stream.next('hosts');
  const from = performance.now();
  for (let sequence = 2; sequence < 20; sequence += 1) await server.push(openPort(sequence));
  const quarters = Math.ceil((performance.now() - from) / 250);
  const told = [];
  for (let next = await stream.next(); next.event !== 'heartbeat'; next = await stream.next()) told.push(next);
  const hosts = told.filter(({ event: name }) => name === 'hosts');
  assert.ok(hosts.length > 0 && hosts.length <= quarters + 1, `${hosts.length} times in ${quarters} quarters`);
  assert.ok(Number(hosts.at(-1)?.id) > Number(id));
});

test('a client that comes back is told what it missed', async (context) => {
  const server = await trialServer(context);
  const stream = await openStream(context, server);
  await server.push(full());
  const { id } = await stream.next('hosts');
  stream.close();
  await server.push(openPort(2));
  const again = await openStream(context, server, { 'Last-Event-ID': id ?? '' });
  assert.ok(Number((await again.next('hosts')).id) > Number(id));
});

test('a client that missed too much, or knows another server, is asked to start anew', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  for (const id of ['999', 'nonsense']) {
    const stream = await openStream(context, server, { 'Last-Event-ID': id });
    assert.equal((await stream.next('resync')).event, 'resync');
  }
});

test('a quiet stream beats every five seconds', async (context) => {
  const server = await trialServer(context);
  const stream = await openStream(context, server);
  const from = performance.now();
  await stream.next('heartbeat');
  assert.ok(performance.now() - from < 5_500);
});

test('a client that goes away leaves the others alone', async (context) => {
  const server = await trialServer(context);
  const deaf = await fetch(`${server.url}/api/v1/stream`);
  const stream = await openStream(context, server);
  await server.push(full());
  const { id } = await stream.next('hosts');
  await delay(10);
  await deaf.body?.cancel();
  await server.push(openPort(2));
  assert.ok(Number((await stream.next('hosts')).id) > Number(id));
});

test('streams end when the server stops', async (context) => {
  const server = await trialServer(context);
  const stream = await openStream(context, server);
  await stream.next('summary');
  const ended = stream.ended();
  const from = performance.now();
  await server.stop();
  await ended;
  assert.ok(performance.now() - from < 2_000);
});

test('findings that open, change or close are told, and the counts with them', async (context) => {
  const server = await trialServer(context);
  const stream = await openStream(context, server);
  await server.push(full());
  let { id } = await stream.next('hosts');
  const lists = [[drift()], [drift({ severity: 'warning' })], []];
  for (const [index, findings] of lists.entries()) {
    const sequence = index + 2;
    await server.push(
      change({ sequence, baseDigest: `digest-${sequence - 1}`, digest: `digest-${sequence}`, findings }),
    );
    await stream.next('findings');
    const hosts = await stream.next('hosts');
    assert.ok(Number(hosts.id) > Number(id));
    id = hosts.id;
    const { troubles, lastClosed } = (await stream.next('summary')).data;
    assert.deepEqual([troubles, lastClosed === null], [findings.length, findings.length > 0]);
  }
});

test('a change that leaves findings alone says nothing of them', async (context) => {
  const server = await trialServer(context);
  await server.push(full({ snapshot: snapshot({ findings: [drift()] }) }));
  const stream = await openStream(context, server);
  await stream.next('summary');
  await server.push(openPort(2));
  assert.equal((await stream.next()).event, 'hosts');
});

test('a client that comes back is told of findings it missed', async (context) => {
  const server = await trialServer(context);
  const stream = await openStream(context, server);
  await server.push(full());
  const { id } = await stream.next('hosts');
  stream.close();
  await server.push(change({ findings: [drift()] }));
  const again = await openStream(context, server, { 'Last-Event-ID': id ?? '' });
  assert.equal((await again.next('findings')).id, null);
  assert.ok(Number((await again.next('hosts')).id) > Number(id));
});

test('findings that go with their machine are told, too', async (context) => {
  const server = await trialServer(context);
  const stream = await openStream(context, server);
  await server.push(full({ snapshot: snapshot({ findings: [drift()] }) }));
  await stream.next('findings');
  assert.equal((await stream.next('summary')).data.troubles, 1);
  // Another process on the same file forgets the machine; this one only sees that it is gone.
  const other = await openStore({ kind: 'sqlite', path: join(server.folder, 'portlight.db') });
  const limits = { receivedBefore: 0, hostsSeenBefore: Date.now() + 60_000, atMost: 10 };
  const { hostIds } = await other.commit((writer) => writer.removeOld(limits));
  await other.close();
  assert.equal(hostIds.length, 1);
  await stream.next('findings');
  assert.equal((await stream.next('summary')).data.troubles, 0);
});
