import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { HostView } from '../src/views.ts';
import { full, holder, listener, snapshot } from './bodies.ts';
import { json, trialServer, type TrialServer } from './trial-server.ts';

/** A machine of so many listeners, each with a program of its own. */
function crowded(listeners: number) {
  const processes = Array.from({ length: listeners }, (_, at) => holder({ pid: 1_000 + at, program: `program-${at}` }));
  const rows = processes.map((_, at) => listener({ port: 1_024 + at, inode: String(at), holders: [at] }));
  return full({ processes, snapshot: snapshot({ listeners: rows }) });
}

async function listenersOf(server: TrialServer): Promise<number> {
  const { snapshot } = await json<HostView>(server.get('/api/v1/hosts/web-01'));
  return snapshot.listeners.length;
}

const CODINGS = { gzip: gzipSync, zstd: zstdCompressSync } as const;

for (const [coding, compress] of Object.entries(CODINGS)) {
  test(`bodies in ${coding} of any size within the limit are taken`, async (context) => {
    const server = await trialServer(context);
    for (const listeners of [10, 3_000]) {
      const body = compress(JSON.stringify({ ...crowded(listeners), sequence: listeners }));
      const { status } = await server.post('/api/v1/push', body, { 'Content-Encoding': coding });
      assert.equal(status, 202);
      assert.equal(await listenersOf(server), listeners);
    }
  });
}

test('a body in chunks is taken', async (context) => {
  const server = await trialServer(context);
  const sent = pushInChunks(server);
  const body = JSON.stringify(crowded(100));
  for (let from = 0; from < body.length; from += 10_000) sent.write(body.slice(from, from + 10_000));
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  assert.equal(response.statusCode, 202);
  assert.equal(await listenersOf(server), 100);
  response.destroy();
});

test('a body in chunks over the limit is refused with words, not by a broken connection', async (context) => {
  const server = await trialServer(context);
  const sent = pushInChunks(server);
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  sent.write(Buffer.alloc(16 * 1024 * 1024 + 1, 32));
  const [response] = await answered;
  assert.equal(response.statusCode, 413);
  assert.equal(response.headers.connection, 'close');
  assert.match(await text(response), /"code":"too-large"/);
});

function pushInChunks(server: TrialServer) {
  const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
  const sent = request(`${server.url}/api/v1/push`, { method: 'POST', headers, agent: false });
  // The server may close while more of the body is on its way.
  sent.on('error', () => undefined);
  return sent;
}

test('a body that breaks off changes nothing, and the server goes on', async (context) => {
  const server = await trialServer(context);
  const sent = pushInChunks(server);
  await new Promise((resolve) => sent.write(JSON.stringify(crowded(10)).slice(0, 500), resolve));
  sent.destroy();
  assert.equal((await server.get('/api/v1/hosts/web-01')).status, 404);
  await server.push(full());
});
