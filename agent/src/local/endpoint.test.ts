import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, renameSync, statSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite, test, type TestContext } from 'node:test';
import { eventSources } from '../../test/event-sources.ts';
import { drift } from '../../test/findings.ts';
import { holder, listener, sight, snapshot } from '../../test/snapshots.ts';
import type { ErrorAnswer, Snapshot } from '../contract.ts';
import { digestOf } from '../scan/digest.ts';
import { createEndpoint, type EndpointOptions } from './endpoint.ts';
import { listen, ListenError } from './listen.ts';

const hostile = holder({ pid: 666, program: '<img src=x onerror=alert(1)>\u202e', commandLine: ['$(reboot)', 'a\nb'] });
const seen = sight([
  listener({ port: 3000, inode: '1' }),
  listener({ port: 3001, inode: '2', holders: [hostile] }),
  listener({
    port: 68,
    protocol: 'udp',
    address: '0.0.0.0',
    exposure: 'any',
    acceptQueue: null,
    holders: [],
    holdersUnknown: 'denied',
    inode: '3',
  }),
]);

async function endpoint(context: TestContext, options: Partial<EndpointOptions> = {}) {
  const server = createEndpoint({
    sight: () => seen,
    health: () => ({ status: 'ok', reasons: [], isStale: false }),
    metrics: () => 'up 1\n',
    ownNames: ['web-eu-117'],
    readToken: null,
    liveToken: 'live-token',
    ...eventSources(),
    now: () => new Date('2026-11-23T03:14:07.000Z'),
    ...options,
  });
  const url = await listen(server, { kind: 'tcp', address: '127.0.0.1', port: 0, exposure: 'loopback' });
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (path: string, headers: Record<string, string> = {}, method = 'GET') => ask(`${url}${path}`, headers, method);
}

async function ask(url: string, headers: Record<string, string>, method = 'GET', socketPath?: string) {
  const sent = request(url, { method, headers, ...(socketPath === undefined ? {} : { socketPath }) });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** As `seen`, with a program off its port and a hostile one in its way. */
const troubled = (() => {
  const finding = drift({
    title: '<b>node</b> is on 3001',
    steps: [
      { title: 'End it', command: "sudo ss -Hltnp 'sport = :3000' | grep -q 'pid=18231,' && sudo kill -TERM 18231" },
    ],
    holders: [
      { pid: 18231, startTicks: 4711 },
      { pid: 666, startTicks: 4711 },
    ],
  });
  const taken = snapshot(seen.snapshot.listeners, { findings: [finding] });
  return { snapshot: taken, digest: digestOf(taken) };
})();

const errorOf = (body: string) => (JSON.parse(body) as ErrorAnswer).error;
const portsIn = (body: string) => (JSON.parse(body) as Snapshot).listeners.map(({ port }) => port);

suite('the local endpoint', () => {
  test('/metrics is the text it is given, as Prometheus wants it told', async (context) => {
    const get = await endpoint(context);
    const { status, headers, body } = await get('/metrics', { accept: 'application/openmetrics-text' });
    assert.deepEqual(
      [status, headers['content-type'], body],
      [200, 'text/plain; version=0.0.4; charset=utf-8', 'up 1\n'],
    );
    assert.equal((await get('/metrics', { host: 'evil.example' })).status, 421);
    const early = await endpoint(context, { metrics: () => null, readToken: 'read-token' });
    assert.equal((await early('/metrics')).status, 401);
    assert.equal((await early('/metrics', { authorization: 'Bearer read-token' })).status, 503);
  });

  test('/ports is the snapshot as JSON, its ETag the digest', async (context) => {
    const get = await endpoint(context);
    const { status, headers, body } = await get('/ports');
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(body), JSON.parse(JSON.stringify(seen.snapshot)));
    assert.equal(headers.etag, `"${seen.digest}"`);
    assert.equal((await get('/ports', { 'if-none-match': `"${seen.digest}"` })).status, 304);
    assert.equal((await get('/ports', { 'if-none-match': '"other"' })).status, 200);
  });

  test('text is an aligned table that no name can break', async (context) => {
    const get = await endpoint(context);
    const { headers, body } = await get('/ports', { accept: 'text/plain' });
    assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
    assert.deepEqual(body.split('\n'), [
      'PROTO  ADDRESS         PID    PROGRAM                             USER  UNIT         QUEUE  AGE      COMMAND',
      'tcp    127.0.0.1:3000  18231  node                                web   web.service  0      6 d 1 h  node /srv/web/server.js',
      'tcp    127.0.0.1:3001  666    <img src=x onerror=alert(1)>\\u202e  web   web.service  0      6 d 1 h  $(reboot) a\\nb',
      'udp    0.0.0.0:68      -      (not allowed to see)                web   -            -      -',
      '',
    ]);
  });

  test('the page escapes every name and runs no script but its own', async (context) => {
    const get = await endpoint(context);
    for (const path of ['/', '/ports', '/ports/3001']) {
      const { headers, body } = await get(path, { accept: 'text/html' });
      assert.equal(headers['content-type'], 'text/html; charset=utf-8');
      assert.match(
        headers['content-security-policy'] as string,
        /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+';/,
      );
      assert.ok(body.includes('&lt;img src=x onerror=alert(1)&gt;\\u202e'));
      assert.ok(!body.includes('<img'));
    }
  });

  test('/ports/3000 tells who holds that port, an empty list if nobody does', async (context) => {
    const get = await endpoint(context);
    assert.deepEqual(portsIn((await get('/ports/3000')).body), [3000]);
    assert.deepEqual(portsIn((await get('/ports/4000')).body), []);
    assert.match((await get('/ports/4000', { accept: 'text/plain' })).body, /^Nothing listens here\.\n/);
  });

  test('filters narrow the list, all of them together', async (context) => {
    const get = await endpoint(context);
    assert.deepEqual(portsIn((await get('/ports?proto=udp')).body), [68]);
    assert.deepEqual(portsIn((await get('/ports?address=127.0.0.1&unit=web.service')).body), [3000, 3001]);
    assert.deepEqual(portsIn((await get('/ports?proto=udp&port=3000')).body), []);
  });

  test('findings stand below the table as text, and mark its rows', async (context) => {
    const get = await endpoint(context, { sight: () => troubled });
    const lines = (await get('/ports', { accept: 'text/plain' })).body.split('\n');
    assert.match(lines[0]!, /^PROTO .* UNIT +FINDING +QUEUE/);
    assert.match(lines[1]!, /^tcp +127\.0\.0\.1:3000 +18231 .* stale-holder +0 /);
    assert.match(lines[2]!, /^tcp +127\.0\.0\.1:3001 +666 .* drift +0 /);
    assert.deepEqual(lines.slice(4), [
      '',
      'CRITICAL: <b>node</b> is on 3001',
      '  Drift · web.service · old process still holds 127.0.0.1:3000',
      '  An old process (pid 18231) still holds 127.0.0.1:3000.',
      '  - Pid 18231 still runs.',
      '  1. End it:',
      "       sudo ss -Hltnp 'sport = :3000' | grep -q 'pid=18231,' && sudo kill -TERM 18231",
      '',
    ]);
  });

  test('the page opens with the worst finding, its reason, facts and commands, in HTML alone', async (context) => {
    const get = await endpoint(context, { sight: () => troubled });
    const { body } = await get('/');
    assert.ok(
      body.includes('<h1><span class="critical">node is off its port:</span> expected 3000, now on 3001.</h1>'),
    );
    assert.ok(body.includes('<title>node is off its port: expected 3000, now on 3001. · Portlight</title>'));
    assert.ok(body.includes('<li>Pid 18231 still runs.</li>'));
    assert.ok(body.includes('&amp;&amp; sudo kill -TERM 18231</code>'));
    assert.ok(body.includes('&lt;b&gt;node&lt;/b&gt; is on 3001'));
    assert.ok(!body.includes('<b>node'));
    assert.match(body, /<td data-label="finding"><span class="tag critical">stale holder<\/span><\/td>/);
  });

  test('without a finding the page counts ports and claims nothing', async (context) => {
    const get = await endpoint(context);
    assert.ok((await get('/')).body.includes('<h1>3 ports are open on web-eu-117</h1>'));
    assert.ok((await get('/ports/3000', { accept: 'text/html' })).body.includes('<h1>Port 3000 on web-eu-117</h1>'));
  });

  test('a finding, by id or kind, and the listeners of its processes can be asked for', async (context) => {
    const get = await endpoint(context, { sight: () => troubled });
    const findingsIn = (body: string) => (JSON.parse(body) as Snapshot).findings.map(({ id }) => id);
    for (const asked of ['drift', '0123456789abcdef']) {
      const { body } = await get(`/ports?finding=${asked}`);
      assert.deepEqual([portsIn(body), findingsIn(body)], [[3000, 3001], ['0123456789abcdef']]);
    }
    const ladder = (await get('/ports?finding=ladder')).body;
    assert.deepEqual([portsIn(ladder), findingsIn(ladder)], [[], []]);
    assert.deepEqual(findingsIn((await get('/ports/3001')).body), ['0123456789abcdef']);
    assert.deepEqual(findingsIn((await get('/ports/68')).body), []);
  });

  test('a finding that opens or closes is another ETag', () => assert.notEqual(troubled.digest, seen.digest));

  const refusals: [string, string, Record<string, string>, string, number, RegExp][] = [
    ['a bad port', '/ports/99999', {}, 'GET', 400, /^port: expected a port, 0 to 65535, got "99999"$/],
    ['an unknown filter', '/ports?prot=tcp', {}, 'GET', 400, /^"prot": unknown filter; there are port, proto,/],
    ['an unknown path', '/nothing', {}, 'GET', 404, /^nothing at \/nothing$/],
    ['a method that writes', '/ports', {}, 'POST', 405, /^expected GET or HEAD, got POST$/],
    ['a foreign Host', '/ports', { host: 'evil.example' }, 'GET', 421, /^the Host header names another machine$/],
    ['a form it has not', '/ports', { accept: 'image/png' }, 'GET', 406, /^expected Accept:/],
  ];
  for (const [name, path, headers, method, status, message] of refusals) {
    test(`${name} is answered ${status}`, async (context) => {
      const answer = await (await endpoint(context))(path, headers, method);
      assert.equal(answer.status, status);
      assert.match(errorOf(answer.body).message, message);
    });
  }

  test('a read token, where there is one, opens what nothing else opens; so does the live token', async (context) => {
    const get = await endpoint(context, { readToken: 'read-token' });
    const refused = await get('/ports');
    assert.equal(refused.status, 401);
    assert.match(refused.headers['www-authenticate']!, /^Bearer, Basic /);
    assert.equal((await get('/ports', { authorization: 'Bearer wrong' })).status, 401);
    assert.equal((await get('/ports', { authorization: 'Bearer read-token' })).status, 200);
    assert.equal((await get('/ports', { authorization: 'Bearer live-token', host: 'behind.a.proxy' })).status, 200);
  });

  test('before the first scan it says so; a stale agent is unhealthy', async (context) => {
    const health = {
      status: 'degraded',
      reasons: ['the last scan is older than three scan periods'],
      isStale: true,
    } as const;
    const get = await endpoint(context, { sight: () => null, health: () => health });
    const ports = await get('/ports');
    assert.equal(ports.status, 503);
    assert.equal(ports.headers['retry-after'], '1');
    const healthz = await get('/healthz');
    assert.equal(healthz.status, 503);
    assert.deepEqual(JSON.parse(healthz.body), { status: 'degraded', reasons: health.reasons });
  });

  test('HEAD has the headers and no body', async (context) => {
    const { status, headers, body } = await (await endpoint(context))('/ports', {}, 'HEAD');
    assert.equal(status, 200);
    assert.ok(Number(headers['content-length']) > 1000);
    assert.equal(body, '');
  });
});

suite('where it listens', () => {
  const options = {
    sight: () => seen,
    health: () => ({ status: 'ok', reasons: [], isStale: false }) as const,
    metrics: () => null,
    ownNames: [],
    readToken: null,
    liveToken: 'x',
    ...eventSources(),
    now: () => new Date(),
  };

  test('a taken port is one sentence with the remedy', async (context) => {
    const first = createEndpoint(options);
    const url = await listen(first, { kind: 'tcp', address: '127.0.0.1', port: 0, exposure: 'loopback' });
    context.after(() => first.close());
    const port = Number(new URL(url ?? '').port);
    await assert.rejects(
      listen(createEndpoint(options), { kind: 'tcp', address: '127.0.0.1', port, exposure: 'loopback' }),
      (error) => {
        assert.ok(error instanceof ListenError);
        assert.match(
          error.message,
          /^cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\): something else listens there already.*give another --listen$/,
        );
        return true;
      },
    );
  });

  test('a unix socket serves its group only, and one left behind is replaced', async (context) => {
    const path = join(mkdtempSync(join(tmpdir(), 'portlight-unix-')), 'agent.sock');
    const killed = createEndpoint(options);
    await listen(killed, { kind: 'unix', path });
    await assert.rejects(listen(createEndpoint(options), { kind: 'unix', path }), ListenError, 'one in use is not');
    // What a killed process leaves: the name in the folder, nobody behind it.
    renameSync(path, `${path}.kept`);
    killed.close();
    renameSync(`${path}.kept`, path);
    const server = createEndpoint(options);
    await listen(server, { kind: 'unix', path });
    context.after(() => server.close());
    assert.equal(statSync(path).mode & 0o777, 0o660);
    const { status } = await ask('http://any.name/ports', {}, 'GET', path);
    assert.equal(status, 200);
  });
});
