import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { AuditEntry, Page, SessionView } from '../src/views.ts';
import { bearer, json, trialServer, withTokens, type TrialServer } from './trial-server.ts';

/** What it adds to each request. */
type Adds = (headers: OutgoingHttpHeaders, from: IncomingMessage) => OutgoingHttpHeaders;

/** A reverse proxy as they are: a connection of its own to the server, the client's address in a header. */
async function proxyTo(context: TestContext, server: TrialServer, adds: Adds = forwarding): Promise<string> {
  const proxy = createServer((from, to) => {
    const { method, url = '/' } = from;
    const headers = adds(from.headers, from);
    const sent = request(server.url + url, { ...(method && { method }), headers, agent: false }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    sent.on('error', () => to.destroy());
    from.pipe(sent);
  });
  context.after(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

function forwarding(headers: OutgoingHttpHeaders, { socket }: IncomingMessage): OutgoingHttpHeaders {
  const before = headers['x-forwarded-for'];
  const own = socket.remoteAddress ?? '';
  return { ...headers, 'x-forwarded-for': before === undefined ? own : `${String(before)}, ${own}` };
}

interface Asked {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Address the client has. */
  readonly from?: string;
}

/** From an address of one's own, which fetch cannot choose. */
function ask(url: string, { path, headers = {}, from = '127.0.0.9' }: Asked): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { headers, localAddress: from, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 0 })));
    });
    sent.once('error', reject).end();
  });
}

const TRUSTING = ['--trust-proxy', '127.0.0.1/32'];
const SIGNING_IN = [
  ...TRUSTING,
  '--auth-header',
  'Remote-User',
  '--group-header',
  'Remote-Groups',
  '--admin-group',
  'ops',
];

async function failedFrom(server: TrialServer): Promise<readonly (string | null)[]> {
  const { items } = await json<Page<AuditEntry>>(server.get('/api/v1/audit?action=sign-in-failed', bearer('admin')));
  return items.map(({ address }) => address);
}

const GUESS = { path: '/api/v1/hosts', headers: { Authorization: 'Bearer a-guess-of-somebody' } };

test('behind a trusted proxy a request comes from its client, whatever the client makes up', async (context) => {
  const server = await trialServer(context, [...withTokens(context), ...TRUSTING]);
  const proxy = await proxyTo(context, server);
  await ask(proxy, { ...GUESS, headers: { ...GUESS.headers, 'X-Forwarded-For': '203.0.113.7' } });
  assert.deepEqual(await failedFrom(server), ['127.0.0.9']);
  // Only its own failures limit a client, not those of its neighbours behind the same proxy.
  for (let guess = 0; guess < 20; guess += 1) await ask(proxy, { ...GUESS, from: '127.0.0.8' });
  assert.equal((await ask(proxy, { ...GUESS, from: '127.0.0.8' })).status, 429);
  assert.equal((await ask(proxy, GUESS)).status, 401);
});

test('the same header from anywhere else says nothing', async (context) => {
  const server = await trialServer(context, [...withTokens(context), ...TRUSTING]);
  await ask(server.url, { ...GUESS, headers: { ...GUESS.headers, 'X-Forwarded-For': '203.0.113.7' } });
  assert.deepEqual(await failedFrom(server), ['127.0.0.9']);
});

function signingIn(user: string, groups: string): Adds {
  return (headers, from) => ({ ...forwarding(headers, from), 'remote-user': user, 'remote-groups': groups });
}

test('people whom the proxy signed in may read, those of the group may change', async (context) => {
  const server = await trialServer(context, [...withTokens(context), ...SIGNING_IN]);
  const ann = await proxyTo(context, server, signingIn('ann@example.com', 'staff,no ops'));
  const bob = await proxyTo(context, server, signingIn('bob@example.com', 'staff, ops'));
  const session = await json<SessionView>(ask(ann, { path: '/api/v1/session' }));
  assert.deepEqual([session.role, session.name, session.expiresAt], ['read', 'ann@example.com', null]);
  assert.equal((await ask(ann, { path: '/api/v1/audit' })).status, 403);
  const { items } = await json<Page<AuditEntry>>(ask(bob, { path: '/api/v1/audit?action=signed-in' }));
  assert.deepEqual(
    items.map(({ by, address, detail }) => [by, address, detail]),
    [
      ['bob@example.com', '127.0.0.9', 'role admin, by the proxy'],
      ['ann@example.com', '127.0.0.9', 'role read, by the proxy'],
    ],
  );
  // A token in the same request is whom it was given to.
  const asReader = await json<SessionView>(ask(bob, { path: '/api/v1/session', headers: bearer('read') }));
  assert.deepEqual([asReader.role, asReader.name], ['read', 'reader']);
});

test('nobody but a trusted proxy signs people in', async (context) => {
  const server = await trialServer(context, [...withTokens(context), ...SIGNING_IN]);
  const headers = { 'Remote-User': 'eve', 'Remote-Groups': 'ops', 'X-Forwarded-For': '127.0.0.1' };
  assert.equal((await ask(server.url, { path: '/api/v1/session', headers })).status, 401);
  assert.equal((await ask(server.url, { path: '/api/v1/session', headers, from: '127.0.0.1' })).status, 200);
});

test('a header that the client sent and the proxy did not remove is refused', async (context) => {
  const server = await trialServer(context, [...withTokens(context), ...SIGNING_IN]);
  const sloppy = await proxyTo(context, server, (headers) => ({ ...headers, 'remote-user': ['eve', 'ann'] }));
  assert.equal((await ask(sloppy, { path: '/api/v1/session' })).status, 401);
  const groups = await proxyTo(context, server, (headers) => ({
    ...headers,
    ...{ 'remote-user': 'ann', 'remote-groups': ['ops', 'staff'] },
  }));
  assert.equal((await ask(groups, { path: '/api/v1/session' })).status, 401);
});

test('a page of another site cannot use the sign-in of the proxy, even where that adds Authorization', async (context) => {
  const server = await trialServer(context, [...withTokens(context), ...SIGNING_IN]);
  const bob = await proxyTo(context, server, (headers, from) => ({
    ...signingIn('bob', 'ops')(headers, from),
    authorization: 'Bearer of-the-proxy-itself',
  }));
  const foreign = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' };
  assert.equal((await ask(bob, { path: '/api/v1/session', headers: foreign })).status, 403);
  assert.equal((await ask(bob, { path: '/api/v1/session' })).status, 200);
});
