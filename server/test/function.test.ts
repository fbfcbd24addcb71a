import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { EnrolmentAnswer, ErrorAnswer, PushAnswer } from '@portlight/agent/contract';
import { packageFolder } from '../src/config.ts';
import { FunctionApp } from '../src/function/function-app.ts';
import { gatewayHandler, type GatewayAnswer, type GatewayHandler } from '../src/function/gateway-handler.ts';
import type { HostRow, Page, SummaryView } from '../src/views.ts';
import { alive, full, HOST_ID } from './bodies.ts';
import { TRIAL_KINDS, trialDatabase } from './trial-postgres.ts';
import { bearer, temporaryFolder, withTokens } from './trial-server.ts';

type Environment = Readonly<Record<string, string>>;

/** As a platform hands them over: the options of a command line, by their names in the environment. */
function environmentOf(args: readonly string[]): Environment {
  const names = args
    .filter((_, index) => index % 2 === 0)
    .map((flag) => flag.slice(2).toUpperCase().replaceAll('-', '_'));
  return Object.fromEntries(names.map((name, index) => [`PORTLIGHT_SERVER_${name}`, args[index * 2 + 1] ?? '']));
}

function trialEnvironment(context: TestContext, store?: string): Environment {
  const options = ['--state-dir', temporaryFolder(context), '--log-level', 'error', ...withTokens(context)];
  return environmentOf(store === undefined ? options : [...options, '--store', store]);
}

/** One instance of a function behind an API gateway. */
function gateway(context: TestContext, environment: Environment): GatewayHandler {
  const app = new FunctionApp(environment, { areAnswersWhole: true });
  context.after(() => app.close());
  return gatewayHandler(app);
}

interface EventOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, format 2.0 */
function eventOf(request: string, { headers = {}, body }: EventOptions = {}): object {
  const [method = '', url = ''] = request.split(' ');
  const [rawPath = '', rawQueryString = ''] = url.split('?');
  const host = 'abc123.execute-api.eu-central-1.amazonaws.com';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: {
      host,
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-proto': 'https',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc123',
      domainName: host,
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.7', userAgent: 'test' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      stage: '$default',
      time: '24/Nov/2026:03:14:15 +0000',
      timeEpoch: 1_795_490_055_000,
    },
    ...(body === undefined ? {} : { body: body.toString(typeof body === 'string' ? undefined : 'base64') }),
    isBase64Encoded: typeof body === 'object',
  };
}

function parsed({ body, isBase64Encoded }: GatewayAnswer): unknown {
  return JSON.parse(isBase64Encoded ? Buffer.from(body, 'base64').toString() : body);
}

function needsFull(answer: GatewayAnswer): boolean {
  assert.equal(answer.statusCode, 202, answer.body);
  return (parsed(answer) as PushAnswer).needFull;
}

/** Enrols the machine of the bodies and answers the header of its token. */
async function enrolled(call: GatewayHandler): Promise<Readonly<Record<string, string>>> {
  const body = JSON.stringify({ host: { id: HOST_ID, name: 'web-01' } });
  const answer = await call(eventOf('POST /api/v1/enroll', { headers: bearer('enroll'), body }), {});
  assert.equal(answer.statusCode, 201, answer.body);
  return { Authorization: `Bearer ${(parsed(answer) as EnrolmentAnswer).token}` };
}

async function lastSeenAt(call: GatewayHandler): Promise<string | null> {
  const answer = await call(eventOf('GET /api/v1/hosts?q=', { headers: bearer('read') }), {});
  assert.equal(answer.statusCode, 200, answer.body);
  return (parsed(answer) as Page<HostRow>).items[0]?.lastSeenAt ?? null;
}

for (const kind of ['sqlite', ...TRIAL_KINDS.slice(0, 1)] as const) {
  test(`two instances over one store (${kind}): what one answered the other knows at once`, async (context) => {
    const store = kind === 'sqlite' ? undefined : await trialDatabase(context, kind);
    const environment = trialEnvironment(context, store);
    const [one, other] = [gateway(context, environment), gateway(context, environment)];
    const headers = await enrolled(one);
    const push = (call: GatewayHandler, body: object) =>
      call(eventOf('POST /api/v1/push', { headers, body: JSON.stringify(body) }), {});
    assert.equal(needsFull(await push(other, full())), false);
    const before = await lastSeenAt(one);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(needsFull(await push(one, alive())), false);
    const after = await lastSeenAt(other);
    assert.ok(before !== null && after !== null && after > before, `${before ?? ''} ${after ?? ''}`);
  });
}

test('a gateway’s bodies and answers keep their bytes: compressed either way, pages, cookies', async (context) => {
  const call = gateway(context, trialEnvironment(context));
  const headers = { ...(await enrolled(call)), 'Content-Encoding': 'gzip' };
  const body = gzipSync(JSON.stringify(full()));
  assert.equal((await call(eventOf('POST /api/v1/push', { headers, body }), {})).statusCode, 202);
  const wanted = { ...bearer('read'), 'Accept-Encoding': 'gzip' };
  const described = await call(eventOf('GET /api/openapi.json', { headers: wanted }), {});
  assert.deepEqual([described.isBase64Encoded, described.headers['content-encoding']], [true, 'gzip']);
  const plain = gunzipSync(Buffer.from(described.body, 'base64')).toString();
  assert.match(plain, /^\{"openapi":/);
  const signedIn = await call(
    eventOf('POST /api/v1/session', { body: JSON.stringify({ token: bearer('read').Authorization?.slice(7) }) }),
    {},
  );
  assert.match(signedIn.cookies?.[0] ?? signedIn.body, /^portlight_session=.*HttpOnly/);
});

test('a gateway’s stream ends after what there is to tell, and says when to come back', async (context) => {
  const call = gateway(context, trialEnvironment(context));
  const headers = await enrolled(call);
  const stream = (lastEventId?: string) =>
    call(
      eventOf('GET /api/v1/stream', {
        headers: { ...bearer('read'), ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }) },
      }),
      {},
    );
  const push = (sequence: number) =>
    call(eventOf('POST /api/v1/push', { headers, body: JSON.stringify(full({ sequence })) }), {});
  assert.equal((await push(1)).statusCode, 202);
  const greeting = await stream();
  assert.equal(greeting.headers['content-type'], 'text/event-stream');
  assert.match(greeting.body, /^id: \d+\nevent: summary\ndata: .*\n\nretry: 5000\nevent: heartbeat\ndata: .*\n\n$/);
  assert.equal((await push(2)).statusCode, 202);
  const position = /^id: (\d+)/.exec(greeting.body)?.[1];
  assert.match((await stream(position)).body, new RegExp(`event: hosts\\ndata: .*"id":"${HOST_ID}"`));
});

test('time-driven work is done when it is asked for', async (context) => {
  const call = gateway(context, trialEnvironment(context));
  const denied = await call(eventOf('POST /api/v1/maintenance', { headers: bearer('read') }), {});
  assert.equal(denied.statusCode, 403);
  const done = await call(eventOf('POST /api/v1/maintenance', { headers: bearer('admin') }), {});
  assert.equal(done.statusCode, 200, done.body);
});

/** An instance of a function on a platform that hands over Node's own request and response. */
async function nodeFunction(
  context: TestContext,
  environment: Environment,
  before: (request: IncomingMessage) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const app = new FunctionApp(environment);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    await before(request);
    await app.answer(request, response);
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(async () => {
    server.closeAllConnections();
    server.close();
    await app.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function enrolledAt(url: string): Promise<Readonly<Record<string, string>>> {
  const answer = await fetch(`${url}/api/v1/enroll`, {
    method: 'POST',
    headers: { ...bearer('enroll'), 'Content-Type': 'application/json' },
    body: JSON.stringify({ host: { id: HOST_ID, name: 'web-01' } }),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  const { token } = (await answer.json()) as EnrolmentAnswer;
  return { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
}

test('Node’s request and response are enough: a push, an answer, a stream that lasts', async (context) => {
  const url = await nodeFunction(context, trialEnvironment(context));
  const headers = await enrolledAt(url);
  const stream = await fetch(`${url}/api/v1/stream`, { headers: bearer('read') });
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.match((await reader?.read())?.value ?? '', /^id: \d+\nevent: summary/);
  const push = await fetch(`${url}/api/v1/push`, { method: 'POST', headers, body: JSON.stringify(full()) });
  assert.equal(push.status, 202);
  assert.match((await reader?.read())?.value ?? '', /event: hosts/);
  await reader?.cancel();
  const summary = await fetch(`${url}/api/v1/summary`, { headers: bearer('read') });
  assert.equal(((await summary.json()) as SummaryView).machines.total, 1);
});

test('a body that the platform has read already is taken from where it left it', async (context) => {
  const url = await nodeFunction(context, trialEnvironment(context), async (request) => {
    Object.assign(request, { rawBody: await buffer(request) });
  });
  const headers = await enrolledAt(url);
  const push = await fetch(`${url}/api/v1/push`, { method: 'POST', headers, body: JSON.stringify(full()) });
  assert.equal(push.status, 202, await push.text());
});

test('without tokens nothing is answered but that', async (context) => {
  const call = gateway(context, environmentOf(['--state-dir', temporaryFolder(context)]));
  const answer = await call(eventOf('GET /api/v1/summary'), {});
  assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '5']);
  assert.equal((parsed(answer) as ErrorAnswer).error.code, 'not-started');
});

test('a start that failed is tried again by the next request', async (context) => {
  const folder = temporaryFolder(context);
  const inTheWay = join(folder, 'state');
  writeFileSync(inTheWay, '');
  const environment = { ...trialEnvironment(context), PORTLIGHT_SERVER_STATE_DIR: inTheWay };
  const call = gateway(context, environment);
  assert.equal((await call(eventOf('GET /healthz'), {})).statusCode, 503);
  rmSync(inTheWay);
  assert.equal((await call(eventOf('GET /healthz'), {})).statusCode, 200);
});

/** What runs in a process of its own: one push, then a look at what is still going on. */
const SCRIPT = `
  const { handler } = await import(process.argv[2]);
  for (const event of JSON.parse(process.env.EVENTS)) {
    const { statusCode } = await handler(event, {});
    if (statusCode >= 300) throw new Error('answered ' + statusCode);
  }
  process.stdout.write(JSON.stringify(process.getActiveResourcesInfo()));
  process.exit(0);
`;

test('packaged by the script it runs anywhere, and leaves no timer behind', async (context) => {
  const folder = temporaryFolder(context);
  const packaging = spawn('sh', [join(packageFolder(), 'deploy', 'function', 'package.sh'), folder]);
  assert.deepEqual(await once(packaging, 'close'), [0, null]);
  const body = JSON.stringify({ host: { id: HOST_ID, name: 'web-01' } });
  const events = [
    eventOf('POST /api/v1/enroll', { headers: bearer('enroll'), body }),
    eventOf('GET /api/v1/summary', { headers: bearer('read') }),
    eventOf('POST /api/v1/maintenance', { headers: bearer('admin') }),
    eventOf('GET /'),
  ];
  const bundle = join(folder, 'server', 'dist', 'portlight-function.js');
  const env = { PATH: process.env.PATH, ...trialEnvironment(context), EVENTS: JSON.stringify(events) };
  const script = join(folder, 'invoke.mjs');
  writeFileSync(script, SCRIPT);
  const child = spawn(process.execPath, [script, bundle], { env, cwd: folder });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.deepEqual(stderr, '');
  const resources = JSON.parse(stdout) as readonly string[];
  assert.equal(resources.includes('Timeout'), false, stdout);
});
