/** `portlight watch` as a person runs it, beside a real agent and without one. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Happening, type Happenings } from '../src/contract.ts';
import { exitOf, portlight, runningAgent, type Lines } from './processes.ts';

/** What an agent of this machine knows shall not matter here. */
const ALONE = { PORTLIGHT_AGENT_LISTEN: '127.0.0.1:0' };

async function opened(context: TestContext) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

/** A port that was free a moment ago, below those that are given to who asks for any. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 21_000 + Math.floor(Math.random() * 10_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
}

/** A server process that takes the next port when its own is taken. */
async function careless(context: TestContext, port: number) {
  const child = fork(new URL('careless-server.ts', import.meta.url), { env: { PORT: String(port) } });
  context.after(() => child.kill('SIGKILL'));
  const [taken] = (await once(child, 'message')) as [number];
  return { child, port: taken };
}

const gone = /the agent is gone/;
const followed = /follows the agent at 127\.0\.0\.1:\d+$/;

/** A signal is sent a moment after the time was taken. */
const SIGNAL_MS = 200;

/** The gap that ends no earlier than that; a busy machine may make shorter ones before. */
async function gapUntil(lines: Lines, endsAt: number): Promise<{ readonly from: number; readonly to: number }> {
  const isIt = (line: string) => line.includes('"kind":"gap"') && span(line).to >= endsAt - SIGNAL_MS;
  return span(await lines.first(isIt, 'a gap'));
}

function span(line: string): { readonly from: number; readonly to: number } {
  const [, from = '', to = ''] = /nobody looked from (\S+) to (\S+)/.exec(line) ?? [];
  return { from: Date.parse(from), to: Date.parse(to) };
}

suite('portlight watch beside an agent', () => {
  test('prints what the agent sees from now on, and ends with 0 at SIGTERM', async (context) => {
    const before = await opened(context);
    const { place } = await runningAgent(context);
    const watch = portlight(context, ['watch', '--json'], { PORTLIGHT_AGENT_LISTEN: place });
    await watch.err.matching(followed);
    const { server, port } = await opened(context);
    const line = JSON.parse(await watch.out.matching(new RegExp(`"opened".*"port":${port},`))) as Happening;
    assert.ok(!('finding' in line));
    assert.deepEqual(
      [line.address, line.holders.map(({ pid }) => pid), Number.isInteger(line.sequence)],
      ['127.0.0.1', [process.pid], true],
    );
    server.close();
    await watch.out.matching(new RegExp(`"closed".*"port":${port},`));
    assert.ok(!watch.out.all.some((one) => one.includes(`"port":${before.port},`)));
    watch.child.kill('SIGTERM');
    assert.equal(await exitOf(watch), 0);
  });

  test('goes on with the next start of the agent, and says that nobody looked between', async (context) => {
    // A port that nobody is given by chance while no agent listens there.
    const first = await runningAgent(context, [], `127.0.0.1:${await freePort()}`);
    const watch = portlight(context, ['watch'], { PORTLIGHT_AGENT_LISTEN: first.place });
    await watch.err.matching(followed);
    first.child.kill('SIGTERM');
    await watch.err.matching(gone);
    assert.equal(await exitOf(first), 0, 'an open stream does not hold the agent up');
    await runningAgent(context, [], first.place);
    await watch.err.matching(/follows the agent .* started anew: what happened between its starts was not seen/);
    const { port } = await opened(context);
    await watch.out.matching(new RegExp(`  opened +tcp  127\\.0\\.0\\.1:${port} .* \\(pid ${process.pid}\\)$`));
    watch.child.kill('SIGINT');
    assert.equal(await exitOf(watch), 0);
  });

  test('waits for an agent that is slow to answer', async (context) => {
    const agent = await runningAgent(context);
    agent.child.kill('SIGSTOP');
    const watch = portlight(context, ['watch'], { PORTLIGHT_AGENT_LISTEN: agent.place });
    // Longer than what the agent saw last counts as now.
    await sleep(5_000);
    assert.deepEqual(watch.err.all, []);
    agent.child.kill('SIGCONT');
    assert.match(await watch.err.matching(/./), followed);
  });

  test('tells from when to when a stopped agent did not look', async (context) => {
    const agent = await runningAgent(context);
    const watch = portlight(context, ['watch', '--json'], { PORTLIGHT_AGENT_LISTEN: agent.place });
    await watch.err.matching(followed);
    const stoppedAt = Date.now();
    agent.child.kill('SIGSTOP');
    // Longer than three scan periods and 2 s.
    await sleep(6_500);
    agent.child.kill('SIGCONT');
    const continuedAt = Date.now();
    const gap = await gapUntil(watch.out, continuedAt);
    assert.ok(gap.from <= stoppedAt + SIGNAL_MS && gap.to - gap.from >= continuedAt - stoppedAt - SIGNAL_MS);
    const told = (await (await fetch(`http://${agent.place}/events`)).json()) as Happenings;
    assert.ok(told.items.some(({ kind, at }) => kind === 'gap' && Date.parse(at) === gap.to));
  });
});

suite('portlight watch alone', () => {
  test('looks for itself, says so, and ends with 0 at SIGINT', async (context) => {
    const watch = portlight(context, ['watch', '--scan-every', '200ms'], ALONE);
    assert.equal(await watch.err.matching(/./), 'portlight watch: looks for itself each 0.2 s');
    const { port } = await opened(context);
    const line = await watch.out.matching(new RegExp(`127\\.0\\.0\\.1:${port} `));
    assert.match(line, new RegExp(`^\\S+Z  opened +tcp  127\\.0\\.0\\.1:${port} +\\S+ \\(pid ${process.pid}\\)$`));
    watch.child.kill('SIGINT');
    assert.equal(await exitOf(watch), 0);
  });

  test('tells of findings that open and close, of declared services too', async (context) => {
    const holder = await careless(context, 21_000 + Math.floor(Math.random() * 10_000));
    const startedAt = Date.now();
    const expect = `web=127.0.0.1:${holder.port}`;
    const watch = portlight(context, ['watch', '--scan-every', '200ms', '--expect', expect], ALONE);
    assert.match(await watch.err.matching(/./), /looks for itself .* as --expect is given$/);
    // Processes started closer together could be a batch of equals.
    await sleep(Math.max(0, startedAt + 10_500 - Date.now()));
    const off = await careless(context, holder.port);
    await watch.out.matching(/ {2}finding-opened {3}(CRITICAL|WARNING): .* should be on \d+/);
    off.child.kill('SIGKILL');
    await watch.out.matching(/ {2}finding-closed /);
  });

  test('a reader that goes away ends it quietly', async (context) => {
    const watch = portlight(context, ['watch', '--scan-every', '200ms'], ALONE);
    await watch.err.matching(/looks for itself/);
    const { port } = await opened(context);
    await watch.out.matching(new RegExp(`:${port} `));
    watch.child.stdout.destroy();
    await opened(context);
    assert.equal(await exitOf(watch), 0);
    assert.equal(watch.err.all.length, 1);
  });

  test('a mistake is told on standard error, exit code 2; --help on standard output', async (context) => {
    const wrong = portlight(context, ['watch', '--scan-every', '1', '--port', '3000'], ALONE);
    assert.equal(await exitOf(wrong), 2);
    assert.match(wrong.err.all.join('\n'), /unknown option "--port".*\n.*--scan-every: expected a time/);
    const help = portlight(context, ['watch', '--help'], ALONE);
    assert.equal(await exitOf(help), 0);
    assert.match(await help.out.matching(/^portlight watch:/), /as it happens$/);
  });
});
