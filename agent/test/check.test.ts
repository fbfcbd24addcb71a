/** `portlight check` beside real servers, as a deploy would run it. */
import assert from 'node:assert/strict';
import { execFile, fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CheckReport } from '../src/check/report.ts';
import { type Snapshot } from '../src/contract.ts';

const launcher = join(dirname(fileURLToPath(import.meta.url)), '../bin/portlight');
const NOBODY = 65534;
/** What an agent of this machine knows shall not matter here. */
const ALONE = { PORTLIGHT_AGENT_LISTEN: '127.0.0.1:0' };

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function portlight(args: readonly string[], env: Readonly<Record<string, string>> = ALONE): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      launcher,
      args,
      { env: { ...process.env, ...env }, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

const check = (...args: readonly string[]) => portlight(['check', ...args]);

/** A server process that takes the next port when its own is taken. */
async function careless(context: TestContext, port: number) {
  const child = fork(new URL('careless-server.ts', import.meta.url), { env: { PORT: String(port) } });
  context.after(() => ended(child));
  const [taken] = (await once(child, 'message')) as [number];
  return { child, pid: child.pid!, port: taken, startedAt: Date.now() };
}

/** A port that was free a moment ago, with free ones above it, below those that outgoing connections take. */
async function freePort(): Promise<number> {
  for (let port = 21_000 + Math.floor(Math.random() * 10_000); ; port += 7) {
    const servers = [0, 1, 2].map((offset) => createServer().listen(port + offset, '127.0.0.1'));
    const opened = await Promise.all(
      servers.map((server) =>
        once(server, 'listening').then(
          () => true,
          () => false,
        ),
      ),
    );
    for (const server of servers) server.close();
    if (!opened.includes(false)) return port;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Stands where an agent would, so that each look asks it: when it was asked again, the look before is over. */
async function lookedTwice(context: TestContext) {
  let asked = 0;
  const { promise: done, resolve } = Promise.withResolvers<undefined>();
  const server = createHttpServer((_, response) => {
    response.writeHead(404).end();
    asked += 1;
    if (asked === 2) resolve(undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const env = { PORTLIGHT_AGENT_LISTEN: `127.0.0.1:${(server.address() as AddressInfo).port}` };
  return { done, env };
}

suite('portlight check --expect', () => {
  test('a service at its place: OK, exit code 0', async (context) => {
    const { pid, port } = await careless(context, await freePort());
    const { code, stdout, stderr } = await check('--expect', `web=127.0.0.1:${port}`);
    assert.equal(stdout.split('\n')[0], `OK: web is served on 127.0.0.1:${port} by node (pid ${pid})`);
    assert.deepEqual([code, stderr], [0, '']);
  });

  test('nobody there: CRITICAL, exit code 2', async () => {
    const port = await freePort();
    const { code, stdout } = await check('--expect', `web=127.0.0.1:${port}`);
    assert.equal(stdout.split('\n')[0], `CRITICAL: web is not on 127.0.0.1:${port}: nothing listens there`);
    assert.equal(code, 2);
  });

  test('another program: CRITICAL, and the worst of several comes first', async (context) => {
    const { pid, port } = await careless(context, await freePort());
    const { code, stdout } = await check(
      '--expect',
      `web=127.0.0.1:${port}`,
      '--expect',
      `shop=127.0.0.1:${port},exe=java`,
    );
    const [first, second] = stdout.split('\n');
    assert.equal(
      first,
      `CRITICAL: shop is not on 127.0.0.1:${port}: node (pid ${pid}) holds it and is not running java`,
    );
    assert.match(second!, /^OK: web is served/);
    assert.equal(code, 2);
  });

  test('an old process on the place and the new one beside it: CRITICAL, both named', async (context) => {
    const port = await freePort();
    const old = await careless(context, port);
    // Processes started closer together could be a batch of equals.
    await sleep(Math.max(0, old.startedAt + 10_500 - Date.now()));
    const young = await careless(context, port);
    assert.equal(young.port, port + 1);
    const { code, stdout } = await check('--expect', `web=127.0.0.1:${port}`);
    assert.match(
      stdout.split('\n')[0]!,
      new RegExp(
        `^CRITICAL: web is not on 127\\.0\\.0\\.1:${port}: an old node \\(pid ${old.pid}, started .*\\) still holds it, ` +
          `the new one \\(pid ${young.pid}\\) listens on ${young.port}$`,
      ),
    );
    assert.ok(
      stdout.includes(`sudo ss -Hltnp 'sport = :${port}' | grep -q 'pid=${old.pid},' && sudo kill -TERM ${old.pid}`),
    );
    assert.equal(code, 2);
    const free = await check('--free', `127.0.0.1:${port}`);
    assert.match(
      free.stdout,
      new RegExp(`^CRITICAL: .* node \\(pid ${old.pid}\\) listens on .*, left behind by an earlier start`),
    );
    assert.equal(free.code, 2);
    await ended(old.child);
    const after = await check('--expect', `web=127.0.0.1:${port}`);
    assert.match(after.stdout, /^CRITICAL: .*: nothing listens there/);
    assert.equal(after.code, 2);
  });

  test('newer than a process, or a time', async (context) => {
    const old = await careless(context, await freePort());
    const between = new Date();
    await sleep(300);
    const young = await careless(context, await freePort());
    const newerThan = async (what: string, { port } = young) =>
      (await check('--expect', `web=127.0.0.1:${port}`, '--newer-than', what)).code;
    assert.equal(await newerThan(String(old.pid)), 0);
    assert.equal(await newerThan(String(young.pid)), 2, 'not newer than itself');
    assert.equal(await newerThan(String(young.pid), old), 2);
    assert.equal(await newerThan(between.toISOString()), 0);
    assert.equal(await newerThan(between.toISOString(), old), 2);
  });

  test('newer than a process that is gone is never OK without proof', async (context) => {
    const { port } = await careless(context, await freePort());
    const later = await careless(context, await freePort());
    await ended(later.child);
    const { code, stdout } = await check('--expect', `web=127.0.0.1:${port}`, '--newer-than', String(later.pid));
    assert.ok(code === 2 || code === 3, stdout);
  });

  test('--wait waits until all is well, and holds what it knew of a process that ends meanwhile', async (context) => {
    const port = await freePort();
    const old = await careless(context, port);
    const args = ['--newer-than', String(old.pid), '--wait', '50s', '--json'];
    const looks = await lookedTwice(context);
    const waiting = portlight(['check', '--expect', `web=127.0.0.1:${port}`, ...args], looks.env);
    await looks.done;
    await ended(old.child);
    const young = await careless(context, port);
    const { code, stdout, stderr } = await waiting;
    const { status, verdicts } = JSON.parse(stdout) as CheckReport;
    assert.deepEqual([status, code, stderr], ['OK', 0, '']);
    assert.equal(verdicts[0]?.sentence, `web is served on 127.0.0.1:${port} by node (pid ${young.pid})`);
  });

  test('--wait gives the last verdict when the time is over', async () => {
    const began = performance.now();
    const { code } = await check('--expect', `web=127.0.0.1:${await freePort()}`, '--wait', '1500ms');
    assert.equal(code, 2);
    assert.ok(performance.now() - began >= 1500);
  });

  test('all faults of the arguments are told on standard error: UNKNOWN, exit code 3', async () => {
    const { code, stdout, stderr } = await check('--expect', 'web', '--free', 'localhost:1', '--wait', 'x');
    assert.deepEqual([code, stdout, stderr.split('\n').length], [3, '', 4]);
    assert.equal((await check()).code, 3);
  });
});

suite('portlight check --free', () => {
  test('a free port: OK; one that an outgoing connection uses: CRITICAL', async (context) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const localPort = await freePort();
    assert.equal((await check('--free', `127.0.0.1:${localPort}`)).code, 0);
    const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, localPort });
    context.after(() => {
      client.destroy();
      server.close();
    });
    await once(client, 'connect');
    const { code, stdout } = await check('--free', `127.0.0.1:${localPort}`);
    assert.match(stdout, /^CRITICAL: .* is not free: an outgoing connection uses it as its local port\n/);
    assert.equal(code, 2);
  });
});

suite('what is not seen', { skip: process.getuid?.() === 0 ? false : 'needs root to become somebody else' }, () => {
  test('a program declared, its holder hidden: UNKNOWN, exit code 3, with the remedy', async (context) => {
    const { port } = await careless(context, await freePort());
    const folder = mkdtempSync(join(tmpdir(), 'portlight-check-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o755);
    // The project itself may lie in somebody's home.
    cpSync(launcher, join(folder, 'bin/portlight'));
    cpSync(process.execPath, join(folder, 'bin/node'));
    cpSync(join(dirname(launcher), '../dist/portlight.cjs'), join(folder, 'dist/portlight.cjs'));
    const asNobody = (expectation: string) =>
      spawnSync(join(folder, 'bin/portlight'), ['check', '--expect', expectation], {
        encoding: 'utf8',
        env: { ...process.env, ...ALONE },
        uid: NOBODY,
        gid: NOBODY,
      });
    const { status, stdout } = asNobody(`web=127.0.0.1:${port},exe=node`);
    assert.match(stdout, /^UNKNOWN: web is served on .* by a process that may not be seen; .*\n.*\n.*Run it as root/);
    assert.equal(status, 3);
    assert.equal(asNobody(`web=127.0.0.1:${port}`).status, 0, 'that somebody listens can be seen');
  });
});

suite('a running agent', () => {
  test('of the caller lends its history to ports and check', async (context) => {
    const state = mkdtempSync(join(tmpdir(), 'portlight-agent-'));
    const agent = spawn(launcher, ['agent', '--listen', '127.0.0.1:0', '--state-dir', state], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    context.after(async () => {
      await ended(agent);
      rmSync(state, { recursive: true, force: true });
    });
    const [line] = (await once(agent.stdout, 'data')) as [Buffer];
    const url = /http:\S+/.exec(line.toString())?.[0] ?? assert.fail(line.toString());
    const { host } = (await (await fetch(`${url}ports`)).json()) as Snapshot;
    const known = await portlight(['ports', '--json'], { PORTLIGHT_AGENT_LISTEN: new URL(url).host });
    assert.equal((JSON.parse(known.stdout) as Snapshot).host.id, host.id);
    const alone = await portlight(['ports', '--json']);
    assert.notEqual((JSON.parse(alone.stdout) as Snapshot).host.id, host.id);
  });
});
