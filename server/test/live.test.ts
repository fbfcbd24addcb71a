import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { ErrorAnswer, Snapshot } from '@portlight/agent/contract';
import { full, holder, listener, snapshot, TAKEN_AT } from './bodies.ts';
import { json, trialServer, type TrialServer } from './trial-server.ts';

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** Something that answers at an agent's address. */
async function answering(context: TestContext, answer: Answering): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function livePorts(): Snapshot {
  return { ...snapshot(), listeners: [{ ...listener({ port: 4000 }), holders: [holder()] }] };
}

async function pushFrom(server: TrialServer, endpoint: string): Promise<void> {
  const whole = snapshot();
  await server.push(full({ snapshot: { ...whole, agent: { ...whole.agent, endpoint } } }));
}

test('a live request presents the agent’s own token at /ports and passes the answer on', async (context) => {
  const asked: unknown[] = [];
  const endpoint = await answering(context, ({ method, url, headers }, response) => {
    asked.push([method, url, headers.authorization]);
    response.end(JSON.stringify(livePorts()));
  });
  const server = await trialServer(context);
  await pushFrom(server, `${endpoint}/somewhere?else=1`);
  const response = await server.get('/api/v1/hosts/web-01/ports');
  assert.equal(response.headers.get('x-portlight-source'), 'live');
  assert.deepEqual(await json(response), livePorts());
  assert.deepEqual(asked, [['GET', '/ports', 'Bearer a live token of an agent']]);
});

const answers =
  (body: unknown): Answering =>
  (_, response) =>
    void response.end(JSON.stringify(body));

const BAD_ANSWERS: readonly (readonly [string, Answering])[] = [
  ['another machine', answers({ ...livePorts(), host: { ...livePorts().host, id: 'another-machine' } })],
  ['another boot', answers({ ...livePorts(), host: { ...livePorts().host, bootId: 'another-boot' } })],
  ['no snapshot', answers({ hello: 'world' })],
  ['no JSON', (_, response) => void response.end('<html>')],
  ['a redirect', (_, response) => void response.writeHead(302, { Location: 'http://169.254.169.254/' }).end()],
  ['an error', (_, response) => void response.writeHead(500).end('{}')],
  ['more than 16 MiB', (_, response) => void response.end(Buffer.alloc(17 * 1024 * 1024, 32))],
];

for (const [what, answer] of BAD_ANSWERS) {
  test(`an agent’s address that answers ${what} is reported by 502`, async (context) => {
    const endpoint = await answering(context, answer);
    const server = await trialServer(context);
    await pushFrom(server, endpoint);
    const response = await server.get('/api/v1/hosts/web-01/ports');
    assert.equal(response.status, 502);
    assert.equal((await json<ErrorAnswer>(response)).error.code, 'bad-agent-answer');
  });
}

const UNREACHABLE: readonly (readonly [string, RegExp])[] = [
  ['http://127.0.0.1:1', /ECONNREFUSED/],
  ['http://169.254.169.254/latest', /never the address of an agent/],
  ['http://192.0.2.77:9620', /neither where the agent pushes from/],
  ['http://no-such-name.invalid:9620', /has no address/],
];

for (const [endpoint, reason] of UNREACHABLE) {
  test(`an agent at ${endpoint} is answered by 504 with the time of what is stored`, async (context) => {
    const server = await trialServer(context);
    await pushFrom(server, endpoint);
    const response = await server.get('/api/v1/hosts/web-01/ports');
    const { error } = await json<ErrorAnswer>(response);
    assert.equal(response.status, 504);
    assert.equal(response.headers.get('x-portlight-source'), 'stored');
    assert.match(error.message, reason);
    assert.ok(error.hint?.includes(TAKEN_AT));
  });
}

test('an agent that does not answer is given up after five seconds', async (context) => {
  const endpoint = await answering(context, () => undefined);
  const server = await trialServer(context);
  await pushFrom(server, endpoint);
  const from = performance.now();
  const response = await server.get('/api/v1/hosts/web-01/ports');
  assert.equal(response.status, 504);
  assert.ok(performance.now() - from < 6_000);
});
