import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ownPostgres } from '../trial-postgres.ts';
import { temporaryFolder, trialServer } from '../trial-server.ts';
import { CrashMachine } from './machine.ts';
import { randomFrom } from './random.ts';
import { crashRounds, type RoundsResult } from './rounds.ts';
import { ServerProcess } from './server-process.ts';
import { judge } from './verdict.ts';

/** The long form is npm run crash-rounds. */
const SHORT = { rounds: 1, rate: 200, machines: 40, changeShare: 0.3 };

function run(context: TestContext) {
  const tell = (line: string): void => {
    context.diagnostic(line);
  };
  return { random: randomFrom(6), tell };
}

function assertNothingLost(result: RoundsResult): void {
  const { lost, doubled, otherListeners, refusals, kept, acknowledgedEvents } = result;
  assert.deepEqual(
    { lost, doubled, otherListeners, refusals },
    { lost: [], doubled: [], otherListeners: [], refusals: [] },
  );
  assert.ok(kept > 20, `only ${kept} events were acknowledged`);
  assert.equal(kept, acknowledgedEvents);
}

async function startedServer(context: TestContext, store: readonly string[] = []): Promise<ServerProcess> {
  const server = await ServerProcess.prepare(['--state-dir', temporaryFolder(context), ...store]);
  context.after(() => server.kill9());
  await server.start();
  return server;
}

test('a server killed under load keeps each acknowledged event once', async (context) => {
  const server = await startedServer(context);
  assertNothingLost(await crashRounds(server, { ...SHORT, rounds: 2, ...run(context), postgres: null }));
});

test('a server over PostgreSQL killed under load keeps each acknowledged event once', async (context) => {
  const { url } = await ownPostgres(context);
  const server = await startedServer(context, ['--store', url]);
  assertNothingLost(await crashRounds(server, { ...SHORT, ...run(context), postgres: null }));
});

test('PostgreSQL killed under load: each acknowledged event is there once', async (context) => {
  const postgres = await ownPostgres(context);
  const server = await startedServer(context, ['--store', postgres.url]);
  assertNothingLost(await crashRounds(server, { ...SHORT, ...run(context), postgres }));
});

test('an acknowledged event that is not there, one that is there twice and other listeners are seen', async (context) => {
  const { url, push } = await trialServer(context);
  const machine = new CrashMachine('machine-000001', randomFrom(1));
  const told = machine.nextPush(1);
  machine.answered(told, await push(told));
  const changed = machine.nextPush(1);
  machine.answered(changed, await push(changed));
  // The event again, as of another agent start; one acknowledged that was never told; a listener that was not told either.
  await push({ ...changed, agentStartedAt: new Date(Date.now() + 1_000).toISOString() });
  machine.acknowledged.push({ kind: 'closed', inode: '1' });
  machine.nextPush(1);
  assert.deepEqual(await judge(url, [machine]), {
    kept: 1,
    lost: ['machine-000001 closed 1'],
    doubled: ['machine-000001 opened 1'],
    otherListeners: ['machine-000001'],
  });
});
