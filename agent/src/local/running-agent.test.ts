import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { suite, test, type TestContext } from 'node:test';
import { drift } from '../../test/findings.ts';
import { holder, listener, snapshot } from '../../test/snapshots.ts';
import { type Listener, type Snapshot } from '../contract.ts';
import { isTrusted, runningAgent, type TrustOptions } from './running-agent.ts';

const TAKEN_AT = '2026-11-23T03:14:07.000Z';
const ANSWER = snapshot([], { takenAt: TAKEN_AT, findings: [drift()] });

/** A real server in the agent's place, and what a scan sees of it. */
async function serving(context: TestContext, respond: RequestListener, seen: Partial<Listener> = {}) {
  const server = createServer(respond).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const own = snapshot([listener({ port, uid: 0, holders: [holder({ uid: 0, user: 'root' })], ...seen })]);
  const address: TrustOptions['address'] = { kind: 'tcp', address: '127.0.0.1', port, exposure: 'loopback' };
  const later = (seconds: number) => () => new Date(Date.parse(TAKEN_AT) + seconds * 1000);
  return (seconds = 1, changes: Partial<Snapshot> = {}) =>
    runningAgent({ ...own, ...changes }, { address, ownUid: 1000, now: later(seconds) });
}

const answering =
  (body: unknown): RequestListener =>
  (request, response) => {
    response.statusCode = request.url === '/ports' ? 200 : 404;
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

suite('a running agent', () => {
  test('of root is believed while its snapshot is fresh', async (context) => {
    const asked = await serving(context, answering(ANSWER));
    assert.deepEqual(await asked(), JSON.parse(JSON.stringify(ANSWER)));
    assert.notEqual(await asked(3), null);
    assert.equal(await asked(3.5), null, 'three scan periods are over');
  });

  test('with slow scans is believed for 12 s', async (context) => {
    const asked = await serving(context, answering({ ...ANSWER, agent: { ...ANSWER.agent, scanEveryMs: 60_000 } }));
    assert.notEqual(await asked(12), null);
    assert.equal(await asked(13), null);
  });

  test('of another boot is not believed', async (context) => {
    const asked = await serving(context, answering(ANSWER));
    const { host } = snapshot([]);
    assert.equal(await asked(1, { host: { ...host, bootId: 'another' } }), null);
    assert.equal(await asked(1, { host: { ...host, bootId: null } }), null);
  });

  test('is not asked when anybody else could be it', async (context) => {
    let requests = 0;
    const count: RequestListener = (_, response) => {
      requests += 1;
      response.end(JSON.stringify(ANSWER));
    };
    for (const seen of [{ uid: 1001 }, { holders: [holder({ uid: 1001, user: 'mallory' })] }]) {
      assert.equal(await (await serving(context, count, seen))(), null);
    }
    assert.equal(await (await serving(context, count))(1, { listeners: [] }), null);
    assert.equal(requests, 0);
  });

  const useless: readonly (readonly [string, RequestListener])[] = [
    ['nonsense', answering('nonsense')],
    ['another schema', answering({ ...ANSWER, schema: 2 })],
    ['a finding without its parts', answering({ ...ANSWER, findings: [{ id: 'x', severity: 'critical' }] })],
    ['a refusal', (_, response) => void response.writeHead(401).end(JSON.stringify(ANSWER))],
    ['half an answer', (_, response) => void response.writeHead(200, { 'content-length': 9999 }).write('{')],
    ['nothing at all', () => undefined],
  ];
  for (const [what, respond] of useless) {
    test(`that answers ${what} is as good as none`, async (context) => {
      assert.equal(await (await serving(context, respond))(), null);
    });
  }

  test('that does not run, or listens at a unix socket, is none', async () => {
    const options = { ownUid: 0, now: () => new Date(TAKEN_AT) };
    const closed = listener({ port: 1, uid: 0, holders: [holder({ uid: 0 })] });
    const address: TrustOptions['address'] = { kind: 'tcp', address: '127.0.0.1', port: 1, exposure: 'loopback' };
    assert.equal(await runningAgent(snapshot([closed]), { ...options, address }), null);
    assert.equal(await runningAgent(snapshot([]), { ...options, address: { kind: 'unix', path: '/x' } }), null);
    assert.equal(await runningAgent(snapshot([]), { ...options, address: null }), null);
  });
});

suite('whose word counts', () => {
  const cases: readonly (readonly [string, Partial<Listener>, boolean])[] = [
    ['root', { uid: 0, holders: [holder({ uid: 0, user: 'root' })] }, true],
    ['the caller', { uid: 1000, holders: [holder({ uid: 1000, user: 'me' })] }, true],
    ['portlight', { uid: 998, user: 'portlight', holders: [holder({ uid: 998, user: 'portlight' })] }, true],
    ['root, its holder not to be seen', { uid: 0, holders: [], holdersUnknown: 'denied' }, true],
    ['another user', { uid: 1001, user: 'mallory', holders: [holder({ uid: 1001, user: 'mallory' })] }, false],
    ['root’s socket in another’s hands', { uid: 0, holders: [holder({ uid: 1001, user: 'mallory' })] }, false],
    ['a holder of unknown user', { uid: 0, holders: [holder({ uid: null, user: null })] }, false],
  ];
  for (const [whose, seen, trusted] of cases) {
    test(`${whose}: ${trusted ? 'yes' : 'no'}`, () => assert.equal(isTrusted(listener(seen), 1000), trusted));
  }
});
