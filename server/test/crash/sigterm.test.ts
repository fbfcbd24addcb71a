import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ownPostgres } from '../trial-postgres.ts';
import { temporaryFolder } from '../trial-server.ts';
import { assertKept, startedLoad, startedServer, until } from './fault-trial.ts';

const WITHIN_MS = 5_000;

async function endsUnderLoad(context: TestContext, args: readonly string[]): Promise<void> {
  const server = await startedServer(context, args);
  const load = startedLoad(context, server);
  await until('events are acknowledged', () => load.acknowledgedEvents > 20);
  const { code, ms } = await server.terminate();
  assert.equal(code, 0, server.log);
  assert.ok(ms < WITHIN_MS, `it took ${ms} ms`);
  await server.start();
  await load.settle(60_000);
  await assertKept(server, load);
}

test('SIGTERM under load: 0 within five seconds, everything acknowledged is there', (context) =>
  endsUnderLoad(context, ['--state-dir', temporaryFolder(context)]));

test('SIGTERM under load over PostgreSQL: 0 within five seconds, everything acknowledged is there', async (context) => {
  const { url } = await ownPostgres(context);
  await endsUnderLoad(context, ['--state-dir', temporaryFolder(context), '--store', url]);
});

test('SIGTERM while PostgreSQL is away ends within five seconds', async (context) => {
  const postgres = await ownPostgres(context);
  const server = await startedServer(context, ['--state-dir', temporaryFolder(context), '--store', postgres.url]);
  const load = startedLoad(context, server);
  await until('events are acknowledged', () => load.acknowledgedEvents > 20);
  await postgres.stop();
  await until('changes are refused', () => load.count('503') > 0);
  const { ms } = await server.terminate();
  assert.ok(ms < WITHIN_MS, `it took ${ms} ms`);
  await postgres.start();
  await server.start();
  await load.settle(60_000);
  await assertKept(server, load);
});
