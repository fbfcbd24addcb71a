import assert from 'node:assert/strict';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { test } from 'node:test';
import type { EnrolmentAnswer, ErrorAnswer } from '@portlight/agent/contract';
import type { SessionView } from '../src/views.ts';
import { full, fullOf, HOST_ID } from './bodies.ts';
import { bearer, json, trialServer, withTokens, type TrialServer } from './trial-server.ts';

function enroll(server: TrialServer, id: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  return server.post('/api/v1/enroll', { host: { id, name: 'web-01' } }, headers);
}

async function enrolled(server: TrialServer, id: string): Promise<Readonly<Record<string, string>>> {
  const { token } = await json<EnrolmentAnswer>(enroll(server, id, bearer('enroll')));
  return { Authorization: `Bearer ${token}` };
}

test('an enrolled machine may push for itself and for no other', async (context) => {
  const server = await trialServer(context, withTokens(context));
  const own = await enrolled(server, HOST_ID);
  assert.equal((await server.post('/api/v1/push', full(), own)).status, 202);
  const other = await server.post('/api/v1/push', fullOf('another-machine', 'db-01'), own);
  assert.equal(other.status, 403);
  assert.equal((await json<ErrorAnswer>(other)).error.code, 'other-host');
});

test('a push without a token, with a wrong one or with a reader’s is refused by 401', async (context) => {
  const server = await trialServer(context, withTokens(context));
  for (const headers of [{}, { Authorization: 'Bearer wrong' }, bearer('read'), bearer('enroll')]) {
    const response = await server.post('/api/v1/push', full(), headers);
    assert.equal(response.status, 401);
    assert.match((await json<ErrorAnswer>(response)).error.hint ?? '', /enrol/);
  }
});

test('machines whose tokens are gone are all told so by 401, however many share an address', async (context) => {
  const server = await trialServer(context, withTokens(context));
  for (let machine = 0; machine < 30; machine += 1) {
    const gone = { Authorization: `Bearer machine-${machine}.${'x'.repeat(43)}` };
    assert.equal((await server.post('/api/v1/push', full(), gone)).status, 401);
  }
  assert.equal((await enroll(server, HOST_ID, bearer('enroll'))).status, 201);
});

test('a known machine enrols again only by its own token, and its old token ends', async (context) => {
  const server = await trialServer(context, withTokens(context));
  const first = await enrolled(server, HOST_ID);
  assert.equal((await server.post('/api/v1/push', full(), first)).status, 202);
  assert.equal((await enroll(server, HOST_ID, bearer('enroll'))).status, 409);
  const again = await enroll(server, HOST_ID, first);
  assert.equal(again.status, 201);
  const { token } = await json<EnrolmentAnswer>(again);
  assert.equal((await server.post('/api/v1/push', full(), first)).status, 401);
  assert.equal((await server.post('/api/v1/push', full(), { Authorization: `Bearer ${token}` })).status, 202);
});

test('failed attempts are limited by address, valid tokens are not', async (context) => {
  const server = await trialServer(context, withTokens(context));
  const own = await enrolled(server, HOST_ID);
  const statuses = [];
  for (let attempt = 0; attempt < 25; attempt += 1) {
    statuses.push((await enroll(server, 'another-machine', { Authorization: 'Bearer guess' })).status);
  }
  assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429]);
  const limited = await enroll(server, 'another-machine', { Authorization: 'Bearer guess' });
  assert.match(limited.headers.get('retry-after') ?? '', /^\d+$/);
  assert.equal((await server.post('/api/v1/push', full(), own)).status, 202);
});

const ROLES = [
  { who: 'nobody', headers: {}, read: 401, maintain: 401 },
  { who: 'a stranger', headers: { Authorization: 'Bearer a-token-nobody-gave' }, read: 401, maintain: 401 },
  { who: 'a machine’s enroller', headers: bearer('enroll'), read: 401, maintain: 401 },
  { who: 'a reader', headers: bearer('read'), read: 200, maintain: 403 },
  { who: 'an admin', headers: bearer('admin'), read: 200, maintain: 200 },
];

test('each role may do what is its own', async (context) => {
  const server = await trialServer(context, withTokens(context));
  for (const { who, headers, read, maintain } of ROLES) {
    for (const path of ['summary', 'hosts', 'hosts/map', 'stream', 'session'].filter(
      (path) => read !== 200 || path !== 'stream',
    )) {
      assert.equal((await server.get(`/api/v1/${path}`, headers)).status, read, `${who} ${path}`);
    }
    assert.equal((await server.post('/api/v1/maintenance', {}, headers)).status, maintain, who);
    assert.equal((await server.get('/readyz', headers)).status, 200);
  }
});

test('a reader signs in on the page by a cookie no script can read, and out again', async (context) => {
  const server = await trialServer(context, withTokens(context));
  const signedIn = await server.post('/api/v1/session', { token: 'a-read-token-of-this-test' });
  const [cookie = ''] = signedIn.headers.getSetCookie();
  assert.match(cookie, /^portlight_session=[\w.-]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
  const session = await json<SessionView>(signedIn);
  assert.deepEqual([session.role, session.name], ['read', 'reader']);
  const headers = { Cookie: cookie.split(';')[0] ?? '' };
  assert.equal((await server.get('/api/v1/hosts', headers)).status, 200);
  assert.equal((await server.post('/api/v1/maintenance', {}, headers)).status, 403);
  assert.equal((await server.get('/api/v1/hosts', { Cookie: `${headers.Cookie}x` })).status, 401);
  const signedOut = await fetch(`${server.url}/api/v1/session`, { method: 'DELETE', headers });
  assert.equal(signedOut.status, 204);
  assert.match(signedOut.headers.getSetCookie()[0] ?? '', /^portlight_session=;.*Expires=Thu, 01 Jan 1970/);
});

test('a token file is read again on change, and a session ends with its token', async (context) => {
  const options = withTokens(context);
  const file = options[options.indexOf('--read-token-file') + 1] ?? '';
  const server = await trialServer(context, options);
  const signedIn = await server.post('/api/v1/session', { token: 'a-read-token-of-this-test' });
  const headers = { Cookie: (signedIn.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '' };
  appendFileSync(file, 'second:another-token-of-a-reader # new\n');
  assert.equal((await server.get('/api/v1/hosts', { Authorization: 'Bearer another-token-of-a-reader' })).status, 200);
  assert.equal((await server.get('/api/v1/hosts', headers)).status, 200);
  writeFileSync(file, 'second:another-token-of-a-reader\n');
  assert.equal((await server.get('/api/v1/hosts', headers)).status, 401);
});

test('a token file that goes away lets nobody in, says why, and does no harm to those of another file', async (context) => {
  const options = withTokens(context);
  const file = options[options.indexOf('--admin-token-file') + 1] ?? '';
  const server = await trialServer(context, options);
  renameSync(file, `${file}.away`);
  const refused = await server.get('/api/v1/hosts', bearer('admin'));
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '30']);
  assert.equal((await json<ErrorAnswer>(refused)).error.code, 'tokens-unreadable');
  assert.equal((await server.get('/api/v1/hosts', bearer('read'))).status, 200);
  renameSync(`${file}.away`, file);
  assert.equal((await server.get('/api/v1/hosts', bearer('admin'))).status, 200);
});

test('without tokens everyone on this machine is admin, and machines need no token', async (context) => {
  const server = await trialServer(context);
  assert.equal((await json<SessionView>(server.get('/api/v1/session'))).role, 'admin');
  assert.equal((await enroll(server, HOST_ID, {})).status, 201);
  assert.equal((await server.post('/api/v1/push', full())).status, 202);
});

for (const name of ['Forwarded', 'Via', 'X-Forwarded-For', 'X-Forwarded-Proto']) {
  test(`a request with ${name} is refused while no tokens are configured`, async (context) => {
    const server = await trialServer(context);
    const response = await server.get('/api/v1/hosts', { [name]: 'anything' });
    assert.equal(response.status, 403);
    assert.match((await json<ErrorAnswer>(response)).error.hint ?? '', /--read-token-file/);
    const page = await server.get('/', { [name]: 'anything', Accept: 'text/html' });
    assert.equal(page.status, 403);
  });
}

test('a request with tokens may come through a proxy', async (context) => {
  const server = await trialServer(context, withTokens(context));
  assert.equal((await server.get('/api/v1/hosts', { 'X-Forwarded-For': '192.0.2.1', ...bearer('read') })).status, 200);
});

/** fetch sets Host by itself; a rebound name comes as another one. */
function statusFor(server: TrialServer, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}/api/v1/summary`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once('error', reject).end();
  });
}

test('a name rebound to this address and pages of other sites are refused', async (context) => {
  const server = await trialServer(context);
  const { host } = new URL(server.url);
  assert.equal(await statusFor(server, { Host: host }), 200);
  assert.equal(await statusFor(server, { Host: host.replace('127.0.0.1', 'localhost') }), 200);
  assert.equal(await statusFor(server, { Host: host.replace('127.0.0.1', 'evil.example') }), 421);
  assert.equal(await statusFor(server, { Host: host, Origin: `http://${host}` }), 200);
  assert.equal(await statusFor(server, { Host: host, Origin: 'http://evil.example' }), 403);
  assert.equal(await statusFor(server, { Host: host, Origin: 'null' }), 403);
  assert.equal(
    await statusFor(server, { Host: host, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }),
    403,
  );
});
