import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownPostgres } from '../trial-postgres.ts';
import { faultsOf, instancesOver, killInstances } from './instances.ts';
import { randomFrom } from './random.ts';

/** The long form is npm run kill-instances. */
const SHORT = { forMs: 8_000, killEveryMs: 4_000, rate: 200, machines: 40, changeShare: 0.3, random: randomFrom(6) };

test('two instances of which one is killed again and again lose nothing, and the pages go on', async (context) => {
  const { url } = await ownPostgres(context);
  const servers = await instancesOver(context, url, 2);
  const tell = (line: string): void => {
    context.diagnostic(line);
  };
  const result = await killInstances(servers, { ...SHORT, tell });
  const nothing = { lost: [], doubled: [], otherListeners: [], refusals: [], failedPages: [], untold: [] };
  assert.deepEqual(faultsOf(result), nothing);
  assert.equal(result.kills, 2);
  assert.ok(result.kept > 20 && result.pages.asked > 10 && result.stream.resumed > 0, JSON.stringify(result));
});
