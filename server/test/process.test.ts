import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { packageFolder } from '../src/config.ts';
import type { EventView, Page } from '../src/views.ts';
import { change, event, full, holder, listener } from './bodies.ts';
import { json, temporaryFolder } from './trial-server.ts';

const LAUNCHER = join(packageFolder(), 'bin', 'portlight-server');

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Launched {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Address it prints when it is ready. */
  readonly url: Promise<string>;
}

/** The bundle, as an operator starts it; a process that hangs is ended, so that its test fails. */
function launch(context: TestContext, args: readonly string[], environment: NodeJS.ProcessEnv = process.env): Launched {
  const child = spawn(LAUNCHER, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const overdue = setTimeout(() => child.kill('SIGKILL'), 15_000);
  context.after(() => {
    clearTimeout(overdue);
    child.kill('SIGKILL');
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => ({
    ...texts,
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const ready = once(createInterface(child.stdout), 'line').then(([line]) =>
    String(line).replace(/^.* listening on /, ''),
  );
  return { child, ended, url: ready };
}

function onFreePort(folder: string): readonly string[] {
  return ['--listen', '127.0.0.1:0', '--state-dir', folder];
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}/api/v1/push`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
  });
}

test('the bundle is there', () => {
  assert.ok(existsSync(join(packageFolder(), 'dist', 'portlight-server.js')), 'run npm run build');
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends the server with 0 within five seconds, an open stream and a kept connection included`, async (context) => {
    const { child, ended, url } = launch(context, onFreePort(temporaryFolder(context)));
    const address = await url;
    const stream = await fetch(`${address}/api/v1/stream`);
    assert.equal((await post(address, full())).status, 202);
    const from = performance.now();
    child.kill(signal);
    const { code, stdout } = await ended;
    assert.ok(performance.now() - from < 5_000);
    assert.equal(code, 0);
    assert.match(stdout, /^portlight-server listening on http:\/\/127\.0\.0\.1:\d+\n$/);
    await stream.body?.cancel();
  });
}

test('SIGKILL under load loses no acknowledged event', async (context) => {
  const folder = temporaryFolder(context);
  const first = launch(context, onFreePort(folder));
  const address = await first.url;
  await post(address, full());
  const acknowledged = await pushUntilGone(address, () => {
    first.child.kill('SIGKILL');
  });
  await first.ended;
  const again = launch(context, onFreePort(folder));
  const kept = await allEventPorts(await again.url);
  assert.ok(acknowledged.length > ENOUGH, `only ${acknowledged.length} acknowledged`);
  assert.deepEqual(
    acknowledged.filter((port) => !kept.includes(port)),
    [],
  );
  assert.equal(new Set(kept).size, kept.length);
});

/** Acknowledged events before the server is killed. */
const ENOUGH = 100;

/** Opens port after port, several pushes under way at any time; answers the ports whose push was acknowledged. */
async function pushUntilGone(address: string, kill: () => void): Promise<readonly number[]> {
  const acknowledged: number[] = [];
  const lanes = Array.from({ length: 4 }, (_, lane) => pushLane(address, lane, acknowledged));
  // In the middle of the others.
  const enough = setInterval(() => {
    if (acknowledged.length <= ENOUGH) return;
    clearInterval(enough);
    kill();
  }, 5);
  await Promise.all(lanes);
  return acknowledged;
}

/** Each lane numbers its events apart; their base is unknown, so only the events count. */
async function pushLane(address: string, lane: number, acknowledged: number[]): Promise<void> {
  for (let turn = 0; turn < 10_000; turn += 1) {
    const id = turn * 4 + lane + 1;
    const row = { port: 10_000 + (id % 50_000), inode: String(id) };
    const body = change({
      sequence: id + 1,
      baseDigest: 'unknown',
      opened: [listener(row)],
      processes: [holder()],
      events: [event({ ...row, id })],
    });
    try {
      const response = await post(address, body);
      await response.text();
      if (response.status === 202) acknowledged.push(row.port);
    } catch {
      // The server is gone.
      return;
    }
  }
}

async function allEventPorts(address: string): Promise<readonly number[]> {
  const ports: number[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const from = '/api/v1/hosts/web-01/events?from=2026-01-01T00:00:00Z';
    const page: Page<EventView> = await json<Page<EventView>>(
      fetch(`${address}${from}${cursor && `&cursor=${cursor}`}`),
    );
    ports.push(...page.items.map(({ port }) => port));
    cursor = page.nextCursor;
  }
  return ports;
}

/** What is wrong, the exit code, and the one line that says so. */
const BAD_STARTS: readonly (readonly [string, (folder: string) => readonly string[], number, RegExp])[] = [
  ['an unknown option', () => ['--colour=red'], 2, /^portlight-server: unknown option --colour/],
  [
    'an address others reach, without tokens',
    () => ['--listen', '0.0.0.0:0'],
    2,
    /lets others in, so tokens are required: openssl rand -hex 32 > /,
  ],
  [
    'a database that is not there',
    () => ['--store', 'postgres://me:secret@127.0.0.1:1/portlight'],
    1,
    /cannot use the store postgres:\/\/127\.0\.0\.1:1\/portlight: .*ECONNREFUSED.*; check --store/,
  ],
  [
    'a state directory below a file',
    (folder) => {
      writeFileSync(join(folder, 'file'), '');
      return ['--listen', '127.0.0.1:0', '--state-dir', join(folder, 'file', 'state')];
    },
    1,
    /cannot write to .*; make it writable for this user, or give another folder by --state-dir/,
  ],
  [
    'a damaged store',
    (folder) => {
      writeFileSync(join(folder, 'portlight.db'), Buffer.alloc(8_192, 'nonsense'));
      return onFreePort(folder);
    },
    1,
    /cannot use the store .*portlight\.db: file is not a database; move it away and restore a backup/,
  ],
  [
    'a store that is a folder',
    (folder) => {
      mkdirSync(join(folder, 'portlight.db'));
      return onFreePort(folder);
    },
    1,
    /cannot use the store .*portlight\.db/,
  ],
  [
    'a token file that is not there',
    (folder) => [...onFreePort(folder), '--read-token-file', join(folder, 'none')],
    2,
    /cannot use token file .*none: ENOENT.*openssl rand -hex 32 > /,
  ],
  [
    'a token file with a short token',
    (folder) => {
      writeFileSync(join(folder, 'short'), 'secret\n');
      return [...onFreePort(folder), '--read-token-file', join(folder, 'short')];
    },
    2,
    /cannot use token file .*short: line 1: expected name:token/,
  ],
];

for (const [what, argsIn, exitCode, message] of BAD_STARTS) {
  test(`${what} ends the start with ${exitCode} and one clear line`, async (context) => {
    const { code, stdout, stderr } = await launch(context, argsIn(temporaryFolder(context))).ended;
    assert.deepEqual([code, stdout], [exitCode, '']);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  });
}

test('a taken port ends the start with 1 and the way to see who holds it', async (context) => {
  const taken = createServer().listen(0, '127.0.0.1');
  context.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const folder = temporaryFolder(context);
  const { code, stderr } = await launch(context, ['--listen', `127.0.0.1:${port}`, '--state-dir', folder]).ended;
  assert.equal(code, 1);
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  assert.match(
    stderr,
    new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: .*EADDRINUSE.*portlight ports --port ${port}`),
  );
});

test('help and version are printed without starting anything', async (context) => {
  assert.match((await launch(context, ['--help']).ended).stdout, /PORTLIGHT_SERVER_LISTEN/);
  assert.match((await launch(context, ['--version']).ended).stdout, /^portlight-server \d+\.\d+\.\d+\n$/);
});

test('the launcher brings its own Node, whatever is on PATH', async (context) => {
  const { code, stdout } = await launch(context, ['--version'], { PATH: '/usr/bin:/bin' }).ended;
  assert.deepEqual([code, stdout !== ''], [0, true]);
});
