/** `npm start` as a person runs it: it comes up, and however it is ended nothing stays behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Well below the time after which what does not end by itself is killed. */
const WITHIN_MS = 3000;

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Pids whose environment carries this run's mark: every process that came out of it, whoever its parent is now. */
const processesOf = (mark) =>
  readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark);
    } catch {
      return false;
    }
  });

async function until(isSo, ms) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) if (await isSo()) return true;
  return false;
}

const answers = async (url) => (await fetch(url).catch(() => null))?.ok ?? false;

/** @param {(child: import('node:child_process').ChildProcess, pids: string[]) => void} end */
async function startAndEnd(context, end, extra = {}) {
  const state = mkdtempSync(join(tmpdir(), 'portlight-start-'));
  const mark = `PORTLIGHT_TEST_MARK=${state}`;
  const [agent, server] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    PORTLIGHT_TEST_MARK: state,
    PORTLIGHT_AGENT_LISTEN: `127.0.0.1:${agent}`,
    PORTLIGHT_SERVER_LISTEN: `127.0.0.1:${server}`,
    PORTLIGHT_AGENT_STATE_DIR: join(state, 'agent'),
    PORTLIGHT_SERVER_STATE_DIR: join(state, 'server'),
    ...extra,
  };
  const child = spawn('npm', ['start'], { cwd: top, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  context.after(() => {
    for (const pid of processesOf(mark)) process.kill(Number(pid), 'SIGKILL');
    rmSync(state, { recursive: true, force: true });
  });
  const isUp = async () =>
    (await answers(`http://127.0.0.1:${server}/readyz`)) && (await answers(`http://127.0.0.1:${agent}/ports`));
  assert.ok(await until(isUp, 30_000), `expected both to come up, got: ${said}`);
  end(child, processesOf(mark));
  const isGone = () => processesOf(mark).length === 0;
  assert.ok(
    await until(isGone, WITHIN_MS),
    `left behind: ${processesOf(mark).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1'))}`,
  );
  for (const port of [agent, server]) assert.equal(await answers(`http://127.0.0.1:${port}/healthz`), false);
  return said;
}

suite('npm start', () => {
  test('prints the two addresses and ends by SIGTERM to npm', async (context) => {
    const said = await startAndEnd(context, (child) => child.kill('SIGTERM'));
    assert.match(said, /this machine {2}http:\/\/127\.0\.0\.1:\d+\/\n {2}the fleet {5}http:\/\/127\.0\.0\.1:\d+\/\n/);
  });

  test('ends by Ctrl-C: SIGINT to the whole group', (context) =>
    startAndEnd(context, ({ pid }) => process.kill(-pid, 'SIGINT')));

  test('ends when npm is killed and can pass nothing on', (context) =>
    startAndEnd(context, (child) => child.kill('SIGKILL')));

  test('agent and server end when what started them is killed', (context) =>
    startAndEnd(context, (_child, pids) => {
      const starter = pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('scripts/start.mjs'));
      process.kill(Number(starter), 'SIGKILL');
    }));
});
