import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { fullOf, restarted } from './bodies.ts';
import { trialServer, type TrialServer } from './trial-server.ts';

interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As they were on the wire. */
  readonly bytes: Buffer;
}

/** `fetch` would decompress. */
async function ask(
  server: TrialServer,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<RawAnswer> {
  const sent = request(server.url + path, { method, headers, agent: false }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, bytes: await buffer(response) };
}

const CHROME = 'gzip, deflate, br, zstd';
const DECOMPRESS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
  plain: (bytes) => bytes,
};

/** What clients say, and the coding they get; undefined: none. */
const WISHES = [
  [CHROME, 'br'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip;q=0.1', 'gzip'],
  ['*', 'br'],
  ['deflate', undefined],
  ['identity', undefined],
  ['', undefined],
] as const;

async function fleetOf(server: TrialServer, size: number): Promise<void> {
  for (let index = 0; index < size; index += 1) await server.push(fullOf(`machine-${1000 + index}`, `web-${index}`));
}

for (const [wish, coding] of WISHES) {
  test(`“Accept-Encoding: ${wish}” gets answers and files ${coding ?? 'as they are'}`, async (context) => {
    const server = await trialServer(context);
    await fleetOf(server, 3);
    const style = await styleOf(server);
    for (const path of ['/api/v1/hosts', style]) {
      const plain = await ask(server, path);
      const { status, headers, bytes } = await ask(server, path, { 'Accept-Encoding': wish });
      assert.deepEqual([status, headers['content-encoding'], headers.vary], [200, coding, 'Accept-Encoding'], path);
      assert.equal(headers['content-type'], plain.headers['content-type']);
      assert.equal(headers['content-length'], String(bytes.length));
      const text = DECOMPRESS[coding ?? 'plain']!(bytes).toString();
      assert.equal(withoutTimes(text), withoutTimes(plain.bytes.toString()));
      if (coding !== undefined) assert.ok(bytes.length < plain.bytes.length / 2, `${path}: ${bytes.length} bytes`);
    }
  });
}

/** Of an answer that was asked for twice. */
function withoutTimes(text: string): string {
  return text.replace(/"(serverNow|asOf|lastSeenAt)":"[^"]*"/g, '');
}

/** Address of the style sheet, from the document. */
async function styleOf(server: TrialServer): Promise<string> {
  const { bytes } = await ask(server, '/', { Accept: 'text/html' });
  const style = /"(\/assets\/[^"]+\.css)"/.exec(bytes.toString())?.[1];
  assert.ok(style, 'the pages are built');
  return style;
}

test('an answer that fits into a packet is sent as it is', async (context) => {
  const server = await trialServer(context);
  const { headers, bytes } = await ask(server, '/api/v1/session', { 'Accept-Encoding': CHROME });
  assert.equal(headers['content-encoding'], undefined);
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  assert.match(bytes.toString(), /"role":"admin"/);
});

test('HEAD tells what GET would send', async (context) => {
  const server = await trialServer(context);
  await server.push(restarted('2026-11-23T16:00:00.000Z'));
  const style = await styleOf(server);
  for (const [path, coding] of [
    ['/api/v1/hosts/web-01', 'br'],
    [style, 'br'],
    ['/favicon.svg', undefined],
  ] as const) {
    const { status, headers, bytes } = await ask(server, path, { 'Accept-Encoding': CHROME }, 'HEAD');
    assert.deepEqual([status, headers['content-encoding'], bytes.length], [200, coding, 0], path);
    const got = await ask(server, path, { 'Accept-Encoding': CHROME });
    if (path === style) assert.equal(headers['content-length'], String(got.bytes.length));
  }
});

test('files are known again by an ETag of each coding; those with a hash in their name are kept for ever', async (context) => {
  const server = await trialServer(context);
  const style = await styleOf(server);
  const tags = new Set<string>();
  for (const coding of ['br', 'gzip', 'identity']) {
    const { headers } = await ask(server, style, { 'Accept-Encoding': coding });
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
    const tag = headers.etag ?? '';
    tags.add(tag);
    const again = await ask(server, style, { 'Accept-Encoding': coding, 'If-None-Match': tag });
    assert.deepEqual([again.status, again.headers.vary, again.bytes.length], [304, 'Accept-Encoding', 0]);
    assert.equal(again.headers['content-encoding'], undefined);
  }
  assert.equal(tags.size, 3);
  const asked = { Accept: 'text/html', 'Accept-Encoding': CHROME };
  const document = await ask(server, '/hosts/web-01', asked);
  assert.equal(document.headers['cache-control'], 'no-cache');
  const known = { ...asked, 'If-None-Match': document.headers.etag ?? '' };
  assert.equal((await ask(server, '/', known)).status, 304);
});

test('the live stream is never held back by a compressor', async (context) => {
  const server = await trialServer(context);
  const sent = request(`${server.url}/api/v1/stream`, { headers: { 'Accept-Encoding': CHROME }, agent: false }).end();
  const [{ headers }] = (await once(sent, 'response')) as [IncomingMessage];
  sent.destroy();
  assert.equal(headers['content-encoding'], undefined);
});

const NO_FILES = ['/assets/', '/assets/..%2f..%2fpackage.json', '/assets/%00.js', '/assets/none.js'];

test('what is no file of the pages is an error of one shape, as is one that cannot be sent', async (context) => {
  const server = await trialServer(context);
  const style = await styleOf(server);
  for (const path of [...NO_FILES, `${style}.br`]) {
    const { status, headers } = await ask(server, path, { 'Accept-Encoding': CHROME });
    assert.deepEqual([status, headers['content-type']], [404, 'application/json; charset=utf-8'], path);
  }
  const refused = await ask(server, style, { 'Accept-Encoding': CHROME, 'If-Match': '"other"' });
  assert.equal(refused.status, 412);
  assert.equal(refused.headers['content-encoding'], undefined);
  assert.equal(refused.headers['cache-control'], undefined);
  assert.match(refused.bytes.toString(), /^\{"error":\{"code":/);
});
