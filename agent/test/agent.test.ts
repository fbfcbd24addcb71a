/** The bundled agent, started by its launcher as a person would. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Snapshot } from '../src/contract.ts';

const launcher = join(dirname(fileURLToPath(import.meta.url)), '../bin/portlight');
const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

async function opened(context: TestContext): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

function stateDir(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-agent-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const run = (args: readonly string[]) => spawnSync(launcher, args, { encoding: 'utf8', timeout: 15_000 });

/** The launcher as a package lays it out, where everybody may run it; the project itself may lie in somebody's home. */
function installed(context: TestContext): string {
  const folder = stateDir(context);
  chmodSync(folder, 0o755);
  cpSync(launcher, join(folder, 'bin/portlight'));
  cpSync(process.execPath, join(folder, 'bin/node'));
  cpSync(join(dirname(launcher), '../dist/portlight.cjs'), join(folder, 'dist/portlight.cjs'));
  return join(folder, 'bin/portlight');
}

/** A running agent on a port of its own, ended with the test. */
async function runAgent(context: TestContext, args: readonly string[] = []) {
  const child = spawn(launcher, ['agent', '--listen', '127.0.0.1:0', '--state-dir', stateDir(context), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  context.after(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /listening on (http:\S+)/.exec(line.toString())?.[1];
  assert.ok(url, line.toString());
  return { child, url };
}

const listenerOn = async (url: string, port: number) => {
  const snapshot = (await (await fetch(`${url}ports/${port}`)).json()) as Snapshot;
  return snapshot.listeners[0];
};

suite('portlight agent', () => {
  test('shows a new listener with its holder within two seconds, and forgets it when it closes', async (context) => {
    const { url } = await runAgent(context);
    const { server, port } = await opened(context);
    await sleep(2000);
    const found = await listenerOn(url, port);
    assert.equal(found?.address, '127.0.0.1');
    assert.deepEqual(
      found.holders.map(({ pid }) => pid),
      [process.pid],
    );
    assert.ok(found.openedAt !== null);
    server.close();
    await sleep(3000);
    assert.equal(await listenerOn(url, port), undefined);
  });

  test('goes on without its aggregator and says so', async (context) => {
    const { server, port } = await opened(context);
    server.close();
    const { url } = await runAgent(context, ['--server', `http://127.0.0.1:${port}`]);
    await sleep(500);
    const health = (await (await fetch(`${url}healthz`)).json()) as { status: string; reasons: string[] };
    assert.equal(health.status, 'degraded');
    assert.match(health.reasons.join(), /^the aggregator does not answer: connect ECONNREFUSED/);
    assert.equal((await fetch(`${url}ports`)).status, 200);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`ends with 0 at ${signal}`, async (context) => {
      const { child } = await runAgent(context);
      child.kill(signal);
      const [code] = (await once(child, 'exit')) as [number | null];
      assert.equal(code, 0);
    });
  }

  test('a taken port is one sentence with the remedy, exit code 1', async (context) => {
    const { port } = await opened(context);
    const { status, stderr } = run(['agent', '--listen', `127.0.0.1:${port}`, '--state-dir', stateDir(context)]);
    assert.equal(status, 1);
    assert.match(
      stderr,
      new RegExp(`^portlight agent: cannot listen on 127.0.0.1:${port} \\(EADDRINUSE\\): .*give another --listen\\n$`),
    );
  });

  test('a token file that cannot be read is one sentence with the remedy, exit code 2', (context) => {
    const state = stateDir(context);
    const args = ['agent', '--listen', '0.0.0.0:0', '--state-dir', state];
    const missing = run([...args, '--read-token-file', join(state, 'nothing')]);
    assert.equal(missing.status, 2);
    assert.match(
      missing.stderr,
      /^portlight agent: --read-token-file: ENOENT.*give a file the agent's user may read\n$/,
    );
    writeFileSync(join(state, 'short'), 'abc\n');
    const short = run([...args, '--read-token-file', join(state, 'short')]);
    assert.equal(short.status, 2);
    assert.match(short.stderr, /expected a token of 16 characters or more .*openssl rand -hex 32/);
    const server = ['--listen', '127.0.0.1:0', '--state-dir', state, '--server', 'https://127.0.0.1:9'];
    const noPem = run(['agent', ...server, '--server-ca-file', join(state, 'short')]);
    assert.equal(noPem.status, 2);
    assert.match(
      noPem.stderr,
      /^portlight agent: --server-ca-file: expected certificates in PEM in .*short; give a file/,
    );
  });

  test('a state directory it cannot write leaves it running, and the health says what follows', async (context) => {
    const file = join(stateDir(context), 'file');
    writeFileSync(file, '');
    const { url } = await runAgent(context, ['--state-dir', join(file, 'below')]);
    const health = (await (await fetch(`${url}healthz`)).json()) as { status: string; reasons: string[] };
    assert.equal(health.status, 'degraded');
    assert.match(
      health.reasons.join(),
      /nothing can be kept in .*after a restart this is a new host; give a writable --state-dir/,
    );
  });
});

suite('portlight ports', () => {
  test('prints the table, or JSON, narrowed as asked', async (context) => {
    const { port } = await opened(context);
    const table = run(['ports', '--port', String(port), '--proto', 'tcp']);
    assert.match(table.stdout, new RegExp(`^PROTO .*\\ntcp +127\\.0\\.0\\.1:${port} +${process.pid} `));
    const json = JSON.parse(run(['ports', '--json', '--port', String(port)]).stdout) as Snapshot;
    assert.deepEqual(
      json.listeners.map((listener) => [listener.port, listener.holders[0]?.pid]),
      [[port, process.pid]],
    );
    assert.equal(run(['ports', '--port', String(port)]).status, 0, 'all holders are known');
  });

  test('a mistake is told on standard error, exit code 2', () => {
    const { status, stdout, stderr } = run(['ports', '--proto', 'icmp', '--bad']);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /unknown option "--bad"; see --help\n.*--proto: expected tcp, udp, got "icmp"\n$/);
    assert.equal(run(['prots']).status, 2);
  });

  test('a reader that goes away early is no fault', async () => {
    const child = spawn('sh', ['-c', `'${launcher}' ports --json | head -c 1`], { stdio: ['ignore', 'pipe', 'pipe'] });
    assert.equal(await text(child.stderr), '');
  });

  const skip = isRoot ? false : 'needs root to become somebody else';
  test('without rights every row is there, and it says which holders it may not see', { skip }, async (context) => {
    const { port } = await opened(context);
    const args = ['ports', '--json', '--port', String(port)];
    const { status, stdout, stderr } = spawnSync(installed(context), args, {
      encoding: 'utf8',
      uid: NOBODY,
      gid: NOBODY,
    });
    assert.equal(stderr, '');
    const { listeners, coverage } = JSON.parse(stdout) as Snapshot;
    assert.deepEqual(
      listeners.map((listener) => [listener.port, listener.uid, listener.holders, listener.holdersUnknown]),
      [[port, 0, [], 'denied']],
    );
    assert.ok(coverage.unreadable > 0);
    assert.match(coverage.notes.join('\n'), /may not be looked into.*CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH/);
    assert.equal(status, 1);
  });
});
