import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { ownPostgres, run, trialDatabase, TRIAL_KINDS } from './trial-postgres.ts';

test('there is a PostgreSQL to test with', () => {
  assert.notDeepEqual(TRIAL_KINDS, []);
});

for (const kind of TRIAL_KINDS) {
  test(`PostgreSQL ${kind}: each database is empty and of the version asked for`, async (context) => {
    const [one, other] = [await trialDatabase(context, kind), await trialDatabase(context, kind)];
    await run(one, 'CREATE TABLE mine (a int)');
    assert.deepEqual(await run(other, "SELECT FROM pg_tables WHERE tablename = 'mine'"), []);
    const [version] = await run(one, 'SHOW server_version');
    if (kind !== 'named') assert.match(String(version?.server_version), new RegExp(`^${kind}\\.`));
  });
}

test('a server of its own comes back with what was committed, stopped or killed', async (context) => {
  const postgres = await ownPostgres(context);
  assert.deepEqual(await run(postgres.url, 'SHOW fsync'), [{ fsync: 'on' }]);
  await run(postgres.url, 'CREATE TABLE kept (a int)');
  await postgres.stop();
  await assert.rejects(run(postgres.url, 'SELECT 1'), /ECONNREFUSED/);
  await postgres.start();
  await run(postgres.url, 'INSERT INTO kept VALUES (1)');
  await postgres.kill9();
  await assert.rejects(run(postgres.url, 'SELECT 1'), /ECONNREFUSED/);
  await postgres.start();
  assert.deepEqual(await run(postgres.url, 'SELECT a FROM kept'), [{ a: 1 }]);
});

test('a server ends with the process that asked for it, even one that is killed, and leaves no folder', async () => {
  const program = `
    import { ownPostgres, run } from '${new URL('trial-postgres.js', import.meta.url).href}';
    const { url } = await ownPostgres({ after() {} });
    const [{ data_directory: folder }] = await run(url, 'SHOW data_directory');
    process.stdout.write(folder + '\\n');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [folder] = (await once(createInterface(child.stdout), 'line')) as [string];
  assert.ok(existsSync(folder));
  child.kill('SIGKILL');
  // The test's own time-out ends a wait for nothing.
  while (existsSync(folder)) await later(20);
});
