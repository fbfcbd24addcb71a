/** What agents sent once, servers may rely on: a real run must still send every field of it. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding, Push } from '../src/contract.ts';
import { runningAgent } from './processes.ts';
import { Receiver } from './receiver.ts';

const RECORDED = new URL('../fixtures/pushes/v1/', import.meta.url);

function recorded(): readonly Push[] {
  const names = readdirSync(RECORDED).filter((name) => name.endsWith('.json'));
  return names.map((name) => JSON.parse(readFileSync(new URL(name, RECORDED), 'utf8')) as Push);
}

/** Each field by its way from the top; of a list, those of any element. */
function fieldsOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((one) => fieldsOf(one, `${path}[]`))];
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, one]) => fieldsOf(one, `${path}.${name}`))];
}

/** By kind of push, and by kind of finding: which of them a push has depends on what else runs on the machine. */
function fieldsByKind(pushes: readonly Push[]): ReadonlyMap<string, ReadonlySet<string>> {
  const parts = pushes.flatMap((push) => [
    { name: push.kind, fields: fieldsOf(push).filter((field) => !field.includes('findings[]')) },
    ...findingsOf(push).map((finding) => ({ name: `finding ${finding.kind}`, fields: fieldsOf(finding) })),
  ]);
  const named = Map.groupBy(parts, ({ name }) => name);
  return new Map([...named].map(([name, some]) => [name, new Set(some.flatMap(({ fields }) => fields))]));
}

function findingsOf(push: Push): readonly Finding[] {
  if (push.kind === 'full') return push.snapshot.findings;
  return push.kind === 'change' ? (push.findings ?? []) : [];
}

/** A server that was at home and moved away, with a connection; all of it pushed, and everything once more. */
async function realPushes(context: TestContext): Promise<readonly Push[]> {
  const receiver = new Receiver(1);
  await receiver.start();
  context.after(() => receiver.stop());
  const child = fork(new URL('moving-server.ts', import.meta.url));
  context.after(() => child.kill('SIGKILL'));
  const [home] = (await once(child, 'message')) as [number];
  const names = ['--label', 'role=web', '--label', 'stage=prod', '--expect', `web=127.0.0.1:${home}`];
  const server = ['--server', `http://127.0.0.1:${receiver.port}`];
  const agent = await runningAgent(context, ['--scan-every', '200ms', ...names, ...server]);
  const has = (isIt: (push: Push) => boolean, what: string) => until(() => receiver.pushes.some(isIt), what);
  await has(({ kind }) => kind === 'full', 'the first contact');
  child.send('move');
  const [away] = (await once(child, 'message')) as [number];
  const client = connect(away, '127.0.0.1');
  context.after(() => client.destroy());
  await has((push) => findingsOf(push).some(({ kind }) => kind === 'drift'), 'a drift');
  await has(
    (push) => push.kind === 'alive' && (push.gauges?.listeners ?? []).some(({ connections }) => connections !== null),
    'gauges',
  );
  receiver.forget();
  await until(() => receiver.fulls.length > 1, 'everything once more');
  agent.child.kill('SIGTERM');
  await has(({ kind }) => kind === 'leaving', 'a goodbye');
  return receiver.pushes;
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  for (const giveUp = Date.now() + 90_000; !isTrue() && Date.now() < giveUp;) await sleep(50);
  assert.ok(isTrue(), what);
}

/** Only there while expectations were handed down; `told-gauges` and `handed-down` have their own tests. */
const SOMETIMES = new Set(['.expectationsVersion']);

test('today’s agent sends every field that agents of schema 1 sent', { timeout: 300_000 }, async (context) => {
  const today = fieldsByKind(await realPushes(context));
  const then = fieldsByKind(recorded());
  assert.deepEqual([...then.keys()].toSorted(), ['alive', 'change', 'finding drift', 'full', 'leaving']);
  for (const [kind, fields] of then) {
    const missing = [...fields].filter((field) => !SOMETIMES.has(field) && !today.get(kind)?.has(field));
    assert.deepEqual(missing, [], kind);
  }
});
