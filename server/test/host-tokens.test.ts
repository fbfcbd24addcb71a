import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { EnrolmentAnswer, ErrorAnswer } from '@portlight/agent/contract';
import type { AuditEntry, ForgottenView, HostTokenAnswer, HostTokenView, Page } from '../src/views.ts';
import { alive, full, fullOf, HOST_ID } from './bodies.ts';
import { trialDatabase } from './trial-postgres.ts';
import { bearer, json, temporaryFolder, trialServer, withTokens, type TrialServer } from './trial-server.ts';

type Headers = Readonly<Record<string, string>>;

const ADMIN = bearer('admin');

function enroll(server: TrialServer, headers: Headers, id = HOST_ID): Promise<Response> {
  return server.post('/api/v1/enroll', { host: { id, name: 'web-01' } }, headers);
}

async function enrolled(server: TrialServer, headers: Headers = bearer('enroll'), id = HOST_ID): Promise<Headers> {
  const { token } = await json<EnrolmentAnswer>(enroll(server, headers, id));
  return { Authorization: `Bearer ${token}` };
}

async function pushStatus(server: TrialServer, headers: Headers, body: unknown = full()): Promise<number> {
  return (await server.post('/api/v1/push', body, headers)).status;
}

function tokens(server: TrialServer, query = ''): Promise<Page<HostTokenView>> {
  return json<Page<HostTokenView>>(server.get(`/api/v1/tokens${query}`, ADMIN));
}

async function audit(server: TrialServer): Promise<readonly (readonly [string, string])[]> {
  const { items } = await json<Page<AuditEntry>>(server.get('/api/v1/audit', ADMIN));
  return items.toReversed().map(({ action, by }) => [action, by]);
}

test('a revoked token is no longer good, and the machine gets another one once an admin approves', async (context) => {
  const server = await trialServer(context, withTokens(context));
  const own = await enrolled(server);
  assert.equal(await pushStatus(server, own), 202);
  const revoked = await json<HostTokenAnswer>(server.post('/api/v1/tokens/web-01/revoke', {}, ADMIN));
  assert.deepEqual([revoked.hostId, revoked.state, revoked.approvedUntil], [HOST_ID, 'revoked', null]);
  assert.equal(await pushStatus(server, own), 401);
  assert.equal((await enroll(server, own)).status, 401);
  const refused = await enroll(server, bearer('enroll'));
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [409, '60']);
  assert.match((await json<ErrorAnswer>(refused)).error.hint ?? '', /\/api\/v1\/tokens\/[\w-]+\/approve/);
  const [waiting] = (await tokens(server, '?state=waiting')).items;
  assert.deepEqual([waiting?.hostId, waiting?.asked?.from], [HOST_ID, '127.0.0.1']);
  const approved = await json<HostTokenAnswer>(server.post(`/api/v1/tokens/${HOST_ID}/approve`, {}, ADMIN));
  assert.ok(Date.parse(approved.approvedUntil ?? '') > Date.parse(approved.serverNow));
  const next = await enrolled(server);
  assert.deepEqual([await pushStatus(server, next), await pushStatus(server, own)], [202, 401]);
  assert.equal((await enroll(server, bearer('enroll'))).status, 409);
  assert.deepEqual(await audit(server), [
    ['enrolled', 'an enrolment token without a name'],
    ['token-revoked', 'boss'],
    ['enrolment-failed', 'nobody'],
    ['enrolment-waits', 'an enrolment token without a name'],
    ['token-approved', 'boss'],
    ['enrolled', 'an enrolment token without a name'],
    ['enrolment-waits', 'an enrolment token without a name'],
  ]);
});

test('a machine whose answer with the token got lost asks again; one that used its token waits', async (context) => {
  const server = await trialServer(context, withTokens(context));
  const lost = await enrolled(server);
  const own = await enrolled(server);
  assert.deepEqual([await pushStatus(server, lost), await pushStatus(server, own)], [401, 202]);
  assert.equal((await enroll(server, bearer('enroll'))).status, 409);
});

test('tokens are listed by name with the day they were used last, never the tokens themselves', async (context) => {
  const server = await trialServer(context, withTokens(context));
  const own = await enrolled(server);
  await enrolled(server, bearer('enroll'), 'machine-without-a-push');
  await pushStatus(server, own);
  const today = new Date().toISOString().slice(0, 10);
  // The last sign of life reaches the store with the push itself.
  const { items, total, nextCursor } = await tokens(server);
  assert.deepEqual(
    items.map(({ hostId, name, state, lastUsedOn }) => [hostId, name, state, lastUsedOn]),
    [
      [HOST_ID, 'web-01', 'valid', today],
      ['machine-without-a-push', 'web-01', 'valid', null],
    ].toSorted(([a = ''], [b = '']) => (String(a) < String(b) ? -1 : 1)),
  );
  assert.deepEqual([total, nextCursor], [2, null]);
  assert.ok(!JSON.stringify(items).includes(own.Authorization?.split('.').at(-1) ?? 'nothing'));
  assert.equal((await server.get('/api/v1/tokens?state=old', ADMIN)).status, 400);
  for (const [headers, status] of [
    [{}, 401],
    [bearer('read'), 403],
  ] as const) {
    assert.equal((await server.get('/api/v1/tokens', headers)).status, status);
    assert.equal((await server.get('/api/v1/audit', headers)).status, status);
    for (const path of [`tokens/${HOST_ID}/revoke`, `tokens/${HOST_ID}/approve`, `hosts/${HOST_ID}/forget`]) {
      assert.equal((await server.post(`/api/v1/${path}`, {}, headers)).status, status);
    }
  }
  assert.equal((await server.post('/api/v1/tokens/nobody-knows/revoke', {}, ADMIN)).status, 404);
});

test('a forgotten machine is gone with its token, and one that lives enrols as a new one', async (context) => {
  const server = await trialServer(context, withTokens(context));
  const own = await enrolled(server);
  assert.equal(await pushStatus(server, own), 202);
  const forgotten = await json<ForgottenView>(server.post('/api/v1/hosts/web-01/forget', {}, ADMIN));
  assert.deepEqual([forgotten.hostId, forgotten.name], [HOST_ID, 'web-01']);
  assert.equal((await server.get('/api/v1/hosts/web-01', ADMIN)).status, 404);
  assert.equal((await server.post('/api/v1/hosts/web-01/forget', {}, ADMIN)).status, 404);
  assert.equal(await pushStatus(server, own, alive()), 401);
  const again = await enrolled(server);
  assert.equal((await json<{ needFull: boolean }>(server.post('/api/v1/push', alive(), again))).needFull, true);
  assert.equal(await pushStatus(server, again), 202);
  assert.deepEqual(
    (await audit(server)).map(([action]) => action),
    ['enrolled', 'host-forgotten', 'enrolled'],
  );
});

/** The answer that another instance gives, once it has heard of what happened. */
async function eventually(answer: () => Promise<number>, expected: number): Promise<void> {
  const until = performance.now() + 20_000;
  let last = await answer();
  while (last !== expected && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    last = await answer();
  }
  assert.equal(last, expected);
}

type OpenTrial = (context: TestContext) => Promise<string>;

/** Where two instances may share a store. */
const SHARED: Readonly<Record<string, OpenTrial>> = {
  'one file': (context) => Promise.resolve(`sqlite:${join(temporaryFolder(context), 'shared.db')}`),
  PostgreSQL: (context) => trialDatabase(context, 18),
};

async function twoInstances(context: TestContext, open: OpenTrial): Promise<readonly [TrialServer, TrialServer]> {
  const options = [...withTokens(context), '--store', await open(context)];
  return [await trialServer(context, options), await trialServer(context, options)];
}

for (const [over, open] of Object.entries(SHARED)) {
  test(`over ${over}, what one instance revokes or forgets is not good on another one within seconds`, async (context) => {
    const [one, other] = await twoInstances(context, open);
    const [first, second] = [await enrolled(one), await enrolled(one, bearer('enroll'), 'another-machine')];
    const another = fullOf('another-machine', 'db-01');
    assert.deepEqual([await pushStatus(other, first), await pushStatus(other, second, another)], [202, 202]);
    await one.post(`/api/v1/tokens/${HOST_ID}/revoke`, {}, ADMIN);
    await one.post('/api/v1/hosts/another-machine/forget', {}, ADMIN);
    await eventually(() => pushStatus(other, first, alive()), 401);
    await eventually(() => pushStatus(other, second, { ...alive(), hostId: 'another-machine' }), 401);
    // The other one does not believe any more that it knows the machine.
    const again = await enrolled(other, bearer('enroll'), 'another-machine');
    const answer = other.post('/api/v1/push', { ...alive(), hostId: 'another-machine' }, again);
    assert.equal((await json<{ needFull: boolean }>(answer)).needFull, true);
  });

  test(`over ${over}, a token that another instance gave is good at once, the one it took the place of no more`, async (context) => {
    const [one, other] = await twoInstances(context, open);
    const first = await enrolled(one);
    assert.equal(await pushStatus(other, first), 202);
    const next = await enrolled(one, first);
    assert.equal(await pushStatus(other, next), 202);
    assert.equal(await pushStatus(other, first), 401);
  });
}
