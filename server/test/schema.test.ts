import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ErrorAnswer, PushAnswer } from '@portlight/agent/contract';
import { packageFolder } from '../src/config.ts';
import type { HostView } from '../src/views.ts';
import { alive, full, snapshot } from './bodies.ts';
import { json, trialServer } from './trial-server.ts';

const RECORDED = join(packageFolder(), '..', 'agent', 'fixtures', 'pushes', 'v1');

test('what agents of schema 1 pushed when it was recorded is taken today', async (context) => {
  const server = await trialServer(context);
  const files = readdirSync(RECORDED).filter((name) => name.endsWith('.json'));
  assert.ok(files.length > 3, files.join());
  for (const file of files.toSorted()) {
    const body = readFileSync(join(RECORDED, file), 'utf8');
    const response = await server.post('/api/v1/push', body);
    assert.equal(response.status, 202, `${file}: ${await response.clone().text()}`);
    const { needFull } = await json<PushAnswer>(response);
    assert.equal(needFull, false, file);
  }
  const { hostId } = JSON.parse(readFileSync(join(RECORDED, files[0]!), 'utf8')) as { hostId: string };
  const { host, snapshot: kept } = await json<HostView>(server.get(`/api/v1/hosts/${hostId}`));
  assert.deepEqual([host.state, kept.schema], ['left', 1]);
});

for (const [schema, remedy] of [
  [2, /upgrade the server first/],
  [0, /upgrade this agent/],
] as const) {
  test(`a snapshot of schema ${schema} is refused by that alone, with the remedy`, async (context) => {
    const server = await trialServer(context);
    const other = { ...full(), snapshot: { ...snapshot(), schema, machine: {} }, extra: 1 };
    const response = await server.post('/api/v1/push', other);
    const { error } = await json<ErrorAnswer>(response);
    assert.deepEqual([response.status, error.code], [422, 'unknown-schema']);
    assert.match(error.message, new RegExp(`schema ${schema}, this server knows 1`));
    assert.deepEqual(error.faults, [`$.snapshot.schema: expected 1, got ${schema}`]);
    assert.match(error.hint ?? '', remedy);
  });
}

test('fields that only a newer agent knows are named, with the remedy', async (context) => {
  const server = await trialServer(context);
  const response = await server.post('/api/v1/push', { ...alive(), mood: 'good', weather: null });
  const { error } = await json<ErrorAnswer>(response);
  assert.equal(response.status, 422);
  assert.deepEqual(error.faults, ['$: unknown key "mood"', '$: unknown key "weather"']);
  assert.match(error.hint ?? '', /an agent newer than the server needs the server upgraded first/);
});
