import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { suite, test, type TestContext } from 'node:test';
import { eventSources } from '../../test/event-sources.ts';
import { holder, listener, sight } from '../../test/snapshots.ts';
import { type ErrorAnswer, type Event, type Happenings, type Holder } from '../contract.ts';
import { createEndpoint } from './endpoint.ts';
import { listen } from './listen.ts';

const seen = sight([listener()]);

const opened = (id: number, holders: readonly Holder[] = [holder()]): Event => ({
  id,
  at: '2026-11-23T03:14:07.000Z',
  kind: 'opened',
  protocol: 'tcp',
  address: '127.0.0.1',
  port: id,
  networkNamespace: '4026531840',
  inode: String(id),
  holders,
  detail: null,
});

async function endpoint(context: TestContext, sizes: Parameters<typeof eventSources>[0] = {}, token?: string) {
  const sources = eventSources(sizes);
  const server = createEndpoint({
    sight: () => seen,
    health: () => ({ status: 'ok', reasons: [], isStale: false }),
    metrics: () => null,
    ownNames: [],
    readToken: token ?? null,
    liveToken: 'live-token',
    now: () => new Date(),
    ...sources,
  });
  const url = await listen(server, { kind: 'tcp', address: '127.0.0.1', port: 0, exposure: 'loopback' });
  context.after(() => {
    sources.streams.end();
    server.closeAllConnections();
    server.close();
  });
  return { ...sources, server, url: url ?? '' };
}

async function open(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const sent = request(url, { method, headers });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

const STREAM = { accept: 'text/event-stream' };

/** Reads a stream until it has that many events, and returns them as they came. */
async function framesOf(response: IncomingMessage, count: number): Promise<string[]> {
  let got = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    got += chunk.toString();
    const frames = got.split('\n\n').filter((frame) => frame.startsWith('id: '));
    if (frames.length >= count && got.endsWith('\n\n')) return frames;
  }
  return got.split('\n\n').filter((frame) => frame.startsWith('id: '));
}

const idsOf = (frames: readonly string[]) => frames.map((frame) => /^id: (\d+)/.exec(frame)?.[1]).map(Number);

suite('/events', () => {
  test('is what happened after a number, as JSON', async (context) => {
    const { url, happenings } = await endpoint(context);
    happenings.see(seen, [opened(1), opened(2), opened(3)]);
    const response = await open(`${url}/events?since=1`);
    assert.equal(response.headers.vary, 'Accept');
    const { items, lastSequence, dropped, agentStartedAt } = JSON.parse(await text(response)) as Happenings;
    assert.deepEqual(
      items.map(({ sequence }) => sequence),
      [2, 3],
    );
    assert.deepEqual([lastSequence, dropped, agentStartedAt], [3, 0, '2026-11-23T02:00:00.000Z']);
    const newest = JSON.parse(await text(await open(`${url}/events?limit=1`))) as Happenings;
    assert.deepEqual(newest.items, items.slice(1));
  });

  test('is a line each as text, and what is lost is said', async (context) => {
    const { url, happenings } = await endpoint(context, { capacity: 1 });
    happenings.see(seen, [opened(1), opened(2, [holder({ program: 'a\nb' })])]);
    const response = await open(`${url}/events`, { accept: 'text/plain' });
    assert.equal(response.headers['content-type'], 'text/plain; charset=utf-8');
    assert.equal(
      await text(response),
      '(1 before these are no longer kept)\n' +
        '2026-11-23T03:14:07.000Z  opened           tcp  127.0.0.1:2          a\\nb (pid 18231)\n',
    );
  });

  const refusals: readonly (readonly [string, string, Record<string, string>, string, number, RegExp])[] = [
    ['a bad number', '/events?since=-1', {}, 'GET', 400, /^since: expected a whole number, got "-1"$/],
    ['a number of another kind', '/events?since=1e3', STREAM, 'GET', 400, /^since: expected a whole number/],
    ['too many', '/events?limit=10001', {}, 'GET', 400, /^limit: expected at most 10000, got "10001"$/],
    ['an unknown parameter', '/events?kind=gap', {}, 'GET', 400, /^"kind": unknown parameter; there are since and/],
    ['a form it has not', '/events', { accept: 'text/html' }, 'GET', 406, /^expected Accept: .* text\/event-stream$/],
    ['a method that writes', '/events', STREAM, 'POST', 405, /^expected GET or HEAD/],
    ['a foreign Host', '/events', { ...STREAM, host: 'evil.example' }, 'GET', 421, /^the Host header/],
  ];
  for (const [name, path, headers, method, status, message] of refusals) {
    test(`answers ${name} with ${status}`, async (context) => {
      const { url } = await endpoint(context);
      const response = await open(`${url}${path}`, headers, method);
      assert.equal(response.statusCode, status);
      assert.match((JSON.parse(await text(response)) as ErrorAnswer).error.message, message);
    });
  }

  test('wants the read token where there is one', async (context) => {
    const { url } = await endpoint(context, {}, 'read-token');
    assert.equal((await open(`${url}/events`, STREAM)).statusCode, 401);
    const response = await open(`${url}/events`, { ...STREAM, authorization: 'Bearer read-token' });
    assert.equal(response.statusCode, 200);
    response.destroy();
  });
});

suite('the stream of /events', () => {
  test('tells what was, then what happens, as server-sent events', async (context) => {
    const { url, happenings } = await endpoint(context);
    happenings.see(seen, [opened(1), opened(2)]);
    const response = await open(`${url}/events?since=1`, STREAM);
    assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(response.headers['cache-control'], 'no-store');
    happenings.see(seen, [opened(3)]);
    const frames = await framesOf(response, 2);
    assert.deepEqual(idsOf(frames), [2, 3]);
    const [, event, data] = frames[1]!.split('\n');
    assert.equal(event, 'event: opened');
    assert.deepEqual(JSON.parse(data!.slice('data: '.length)), { ...opened(3), sequence: 3 });
  });

  test('goes on where a reader was, by its Last-Event-ID', async (context) => {
    const { url, happenings } = await endpoint(context);
    happenings.see(seen, [opened(1), opened(2), opened(3)]);
    const resumed = await open(`${url}/events?since=0`, { ...STREAM, 'last-event-id': '2' });
    assert.deepEqual(idsOf(await framesOf(resumed, 1)), [3]);
    const ofEarlierStart = await open(`${url}/events`, { ...STREAM, 'last-event-id': '4000' });
    assert.deepEqual(idsOf(await framesOf(ofEarlierStart, 3)), [1, 2, 3]);
  });

  test('has a head and nothing else for HEAD', async (context) => {
    const { url } = await endpoint(context);
    const response = await open(`${url}/events`, STREAM, 'HEAD');
    assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(await text(response), '');
  });

  test('shows that it lives while nothing happens', async (context) => {
    const { url } = await endpoint(context, { heartbeatMs: 20 });
    const response = await open(`${url}/events`, STREAM);
    let got = '';
    for await (const chunk of response as AsyncIterable<Buffer>) {
      got += chunk.toString();
      if (got.includes(': here\n\n')) break;
    }
    assert.match(got, /^retry: 1000\n\n(: here\n\n)+$/);
  });

  test('is refused when all places are taken, and free again when a reader goes', async (context) => {
    const { url, streams } = await endpoint(context, { mostStreams: 1 });
    const first = await open(`${url}/events`, STREAM);
    const refused = await open(`${url}/events`, STREAM);
    assert.equal(refused.statusCode, 503);
    assert.equal(refused.headers['retry-after'], '5');
    refused.resume();
    assert.equal((await open(`${url}/events`)).statusCode, 200, 'JSON takes no place');
    first.destroy();
    while (streams.isFull) await new Promise(setImmediate);
    const second = await open(`${url}/events`, STREAM);
    assert.equal(second.statusCode, 200);
  });

  test('ends with the agent', async (context) => {
    const { url, streams } = await endpoint(context);
    const response = await open(`${url}/events`, STREAM);
    streams.end();
    assert.equal(await text(response), 'retry: 1000\n\n');
    assert.equal((await open(`${url}/events`, STREAM)).statusCode, 503);
  });

  test('is given up when its reader takes nothing; another one gets everything meanwhile', async (context) => {
    const { url, happenings, server } = await endpoint(context, { heartbeatMs: 1000 });
    const large = [holder({ commandLine: ['x'.repeat(4000)] })];
    const count = 5_000;
    // 20 MB: more than the kernel buffers between two sockets.
    happenings.see(
      seen,
      Array.from({ length: count }, (_, at) => opened(at + 1, large)),
    );
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const idle = connect(Number(new URL(url).port), '127.0.0.1');
    idle.on('error', () => undefined);
    idle.write('GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n');
    const [socket] = await accepted;
    const closed = once(socket, 'close');
    const reader = await open(`${url}/events`, STREAM);
    let got = '';
    for await (const chunk of reader as AsyncIterable<Buffer>) {
      got = got.slice(-5_000) + chunk.toString();
      if (got.includes(`\nid: ${count}\n`) && got.endsWith('\n\n')) break;
    }
    assert.ok(socket.writableLength < 1024 * 1024, `${socket.writableLength} bytes are buffered`);
    await closed;
    idle.destroy();
  });
});
