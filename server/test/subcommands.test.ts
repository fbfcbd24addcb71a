import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { packageFolder } from '../src/config.ts';
import type { EventView, Page } from '../src/views.ts';
import { alive, change, event, full, fullOf, holder, listener } from './bodies.ts';
import { TRIAL_KINDS, trialDatabase } from './trial-postgres.ts';
import { json, temporaryFolder, trialServer } from './trial-server.ts';

const LAUNCHER = join(packageFolder(), 'bin', 'portlight-server');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The bundle, as an operator calls it. */
async function call(context: TestContext, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(LAUNCHER, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  context.after(() => child.kill('SIGKILL'));
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...texts };
}

test('a store moves to another folder while its server runs: backup, restore, check', async (context) => {
  const server = await trialServer(context);
  await server.push(full());
  const folder = temporaryFolder(context);
  const file = join(folder, 'copy.zst');
  const made = await call(context, 'backup', file, '--state-dir', server.folder);
  assert.deepEqual([made.code, made.stderr], [0, '']);
  assert.match(made.stdout, /^\/.*copy\.zst: \d+ rows in \d+ bytes\n$/);
  // What is pushed later is not in it.
  await server.push(fullOf('a-later-machine', 'later'));
  const restored = await call(context, 'restore', file, '--state-dir', join(folder, 'state'));
  assert.deepEqual([restored.code, restored.stderr], [0, '']);
  const checked = await call(context, 'check-store', '--json', '--state-dir', join(folder, 'state'));
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  assert.equal((JSON.parse(checked.stdout) as { readonly isSound: boolean }).isSound, true);
  const other = await trialServer(context, ['--store', `sqlite:${join(folder, 'state', 'portlight.db')}`]);
  const hosts = (await (await other.get('/api/v1/hosts')).json()) as {
    readonly items: readonly { readonly name: string }[];
  };
  assert.deepEqual(
    hosts.items.map(({ name }) => name),
    ['web-01'],
  );
  const again = await call(context, 'restore', file, '--state-dir', server.folder);
  assert.deepEqual([again.code, again.stdout], [1, '']);
  assert.match(again.stderr, /^portlight-server: the store .* is not empty, it has hosts/);
});

for (const kind of TRIAL_KINDS.slice(0, 1)) {
  test(`a fleet moves from SQLite to PostgreSQL ${kind}, and its agents go on as if nothing had happened`, async (context) => {
    const [server, url] = [await trialServer(context), await trialDatabase(context, kind)];
    await server.push(full());
    const at = new Date().toISOString();
    const opened = [listener({ port: 3001, inode: '90002' })];
    await server.push(change({ opened, processes: [holder()], events: [event({ at, port: 3001 })] }));
    await server.stop();
    const file = join(server.folder, 'copy.zst');
    assert.equal((await call(context, 'backup', file, '--state-dir', server.folder)).code, 0);
    const restored = await call(context, 'restore', file, '--store', url);
    assert.deepEqual([restored.code, restored.stderr], [0, '']);
    const other = await trialServer(context, ['--store', url]);
    assert.equal((await other.push(alive({ digest: change().digest, sequence: 3 }))).needFull, false);
    const events = await json<Page<EventView>>(other.get('/api/v1/hosts/web-01/events'));
    assert.deepEqual(
      events.items.map(({ port }) => port),
      [3001],
    );
    // A machine that is new gets a number that no other has.
    await other.push({ ...fullOf('another-machine', 'web-02'), events: [event({ at, port: 4000 })] });
    const others = await json<Page<EventView>>(other.get('/api/v1/hosts/web-02/events'));
    assert.deepEqual(
      others.items.map(({ port }) => port),
      [4000],
    );
  });
}

test('commands that cannot do their work say so in one line and leave nothing', async (context) => {
  const folder = temporaryFolder(context);
  const none = await call(context, 'backup', join(folder, 'copy.zst'), '--state-dir', folder);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /^portlight-server: cannot use the store .*portlight\.db: there is no such file; .*\n$/);
  assert.equal((await call(context, 'check-store', '--state-dir', folder)).code, 2);
  assert.equal((await call(context, 'restore', join(folder, 'copy.zst'), '--state-dir', folder)).code, 1);
  assert.equal((await call(context, 'backup')).code, 2);
  assert.deepEqual(readdirSync(folder), []);
});

test('a backup into a folder that is not there says so and leaves nothing', async (context) => {
  const server = await trialServer(context);
  const file = join(server.folder, 'nowhere', 'copy.zst');
  const { code, stderr } = await call(context, 'backup', file, '--state-dir', server.folder);
  assert.equal(code, 1);
  assert.match(stderr, /^portlight-server: cannot write .*copy\.zst: ENOENT/);
  assert.equal(existsSync(file), false);
});
