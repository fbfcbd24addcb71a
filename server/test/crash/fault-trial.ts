import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import type { ErrorAnswer, Push } from '@portlight/agent/contract';
import { alive, full } from '../bodies.ts';
import { Load } from './load.ts';
import { randomFrom } from './random.ts';
import { ServerProcess } from './server-process.ts';
import { judge } from './verdict.ts';

const LOAD = { rate: 200, machines: 40, changeShare: 0.3 };
const LONGEST_MS = 60_000;

export interface Fault {
  /** Options of the server. */
  readonly args: readonly string[];
  /** Code of the errors as long as it lasts. */
  readonly code: RegExp;
  /** Makes the store unusable for a server that runs. */
  readonly cause: () => Promise<void>;
  readonly heal: () => Promise<void>;
}

/**
 * The store of a server under load fails and comes back: meanwhile changes are answered by 503 with Retry-After, readiness
 * says why and signs of life are taken; after that it goes on by itself, with everything acknowledged there once.
 */
export async function survives(context: TestContext, { args, code, cause, heal }: Fault): Promise<void> {
  const server = await startedServer(context, args);
  assert.equal(await statusOf(server, full()), 202);
  const load = startedLoad(context, server);
  await until('events are acknowledged', () => load.acknowledgedEvents > 20);
  await cause();
  const { error } = await readiness(server, 503);
  assert.match(error.code, code);
  assert.notEqual(error.message, '');
  assert.notEqual(error.hint ?? '', '');
  const refused = load.count('503');
  await until('changes are refused', () => load.count('503') > refused + 10);
  assert.equal(await statusOf(server, alive()), 202);
  await heal();
  await readiness(server, 200);
  await load.settle(LONGEST_MS);
  await assertKept(server, load);
}

export async function startedServer(context: TestContext, args: readonly string[]): Promise<ServerProcess> {
  const server = await ServerProcess.prepare(args);
  context.after(() => server.kill9());
  await server.start();
  return server;
}

export function startedLoad(context: TestContext, server: ServerProcess): Load {
  const load = new Load(server.url, { ...LOAD, random: randomFrom(6) });
  context.after(() => {
    load.stop();
  });
  return load;
}

export async function assertKept(server: ServerProcess, load: Load): Promise<void> {
  const { lost, doubled, otherListeners } = await judge(server.url, load.machines);
  const nothing = { lost: [], doubled: [], otherListeners: [], refusals: [] };
  assert.deepEqual({ lost, doubled, otherListeners, refusals: load.refusals }, nothing);
}

async function statusOf({ url }: ServerProcess, push: Push): Promise<number> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(`${url}/api/v1/push`, { method: 'POST', body: JSON.stringify(push), headers });
  await response.arrayBuffer();
  return response.status;
}

/** Asks until it is answered by that status. */
async function readiness(server: ServerProcess, status: number): Promise<ErrorAnswer> {
  const from = performance.now();
  for (;;) {
    const response = await fetch(`${server.url}/readyz`);
    const answer = (await response.json()) as ErrorAnswer;
    if (response.status === status) return answer;
    assert.ok(
      performance.now() - from < LONGEST_MS,
      `readiness stays ${response.status}: ${JSON.stringify(answer)}; ${server.log}`,
    );
    await later(50);
  }
}

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > LONGEST_MS) throw new Error(`never came: ${what}`);
    await later(10);
  }
}
