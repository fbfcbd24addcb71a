import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import type { ErrorAnswer } from '@portlight/agent/contract';
import { alive, change, full, HOST_ID, listener, snapshot } from './bodies.ts';
import { trialServer, type TrialServer } from './trial-server.ts';

/** As many as are let in at once. */
const PLACES = 256;

const LISTENERS = Array.from({ length: 20 }, (_, at) => listener({ port: 3_000 + at, inode: `${at}` }));

/** A snapshot of more than the two kilobytes that need no place. */
function crowded(id: string, name: string) {
  const whole = snapshot({ listeners: LISTENERS });
  return full({ hostId: id, snapshot: { ...whole, host: { ...whole.host, id, name } } });
}

const WEB_01 = crowded(HOST_ID, 'web-01');

/** A push that has begun, with the last byte of its body still to come. */
interface Begun {
  readonly sent: ClientRequest;
  readonly finish: () => Promise<number | undefined>;
}

async function begin({ url }: TrialServer, body: string): Promise<Begun> {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  const sent = request(`${url}/api/v1/push`, { method: 'POST', headers, agent: false });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  // Of one that the test breaks off.
  answered.catch(() => undefined);
  await new Promise((resolve) => sent.write(body.slice(0, -1), resolve));
  const finish = async (): Promise<number | undefined> => {
    sent.end(body.slice(-1));
    const [response] = await answered;
    await text(response);
    return response.statusCode;
  };
  return { sent, finish };
}

async function filled(context: TestContext, server: TrialServer): Promise<readonly Begun[]> {
  const bodies = Array.from({ length: PLACES }, (_, at) =>
    JSON.stringify(crowded(`machine-${1_000 + at}`, `db-${at}`)),
  );
  const begun = await Promise.all(bodies.map((body) => begin(server, body)));
  context.after(() => {
    for (const { sent } of begun) sent.destroy();
  });
  return begun;
}

interface Answered {
  readonly status: number | undefined;
  readonly retryAfter: number;
  readonly body: string;
  readonly isReused: boolean;
}

/** Over one kept connection. */
async function over(agent: Agent, { url }: TrialServer, body: object): Promise<Answered> {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { 'Content-Type': 'application/json', 'Content-Length': bytes.length };
  const sent = request(`${url}/api/v1/push`, { method: 'POST', headers, agent });
  sent.end(bytes);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const { statusCode: status, headers: got } = response;
  return { status, retryAfter: Number(got['retry-after']), body: await text(response), isReused: sent.reusedSocket };
}

test('when all places are taken a snapshot is told when to come again, and signs of life go on', async (context) => {
  const server = await trialServer(context);
  await server.push(WEB_01);
  const begun = await filled(context, server);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => {
    agent.destroy();
  });
  let refused = await over(agent, server, WEB_01);
  let taken = 0;
  // The last ones that began may still be on their way.
  for (; refused.status === 202; taken += 1) refused = await over(agent, server, WEB_01);
  assert.equal(refused.status, 503);
  assert.ok(refused.retryAfter >= 1, `Retry-After: ${refused.retryAfter}`);
  assert.equal((JSON.parse(refused.body) as ErrorAnswer).error.code, 'too-many-at-once');
  const sign = await over(agent, server, alive({ sequence: 3 }));
  assert.deepEqual([sign.status, sign.isReused], [202, true], 'the same connection goes on');
  const small = await over(agent, server, change({ sequence: 4 }));
  assert.equal(small.status, 202, 'a small change needs no place');
  const statuses = await Promise.all(begun.map(({ finish }) => finish()));
  const late = statuses.filter((status) => status === 503).length;
  assert.ok(late <= taken, `${late} found no place, though only ${taken} were taken by others`);
  assert.equal(statuses.filter((status) => status === 202).length, PLACES - late);
  assert.equal((await over(agent, server, WEB_01)).status, 202);
});

test('who breaks off gives up the place', async (context) => {
  const server = await trialServer(context);
  for (const { sent } of await filled(context, server)) sent.on('error', () => undefined).destroy();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => {
    agent.destroy();
  });
  let answer = await over(agent, server, WEB_01);
  // The server learns of a closed connection when its event loop comes to it.
  while (answer.status === 503) answer = await over(agent, server, WEB_01);
  assert.equal(answer.status, 202);
});
