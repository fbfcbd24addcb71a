import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { packageFolder } from '../src/config.ts';
import { full, fullOf } from './bodies.ts';
import { temporaryFolder, trialServer } from './trial-server.ts';

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
  // The agent goes on as if nothing had happened: the restored machine needs no full snapshot.
  const again = await call(context, 'restore', file, '--state-dir', server.folder);
  assert.deepEqual([again.code, again.stdout], [1, '']);
  assert.match(again.stderr, /^portlight-server: the store .* is not empty, it has hosts/);
});

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
