/** What the kernel shows of each incident. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  commandLineOf,
  executableOf,
  holdersOf,
  isAlive,
  listeningPorts,
  parentOf,
  processesStartedFor,
  tcpRows,
} from './kernel-view.ts';
import { endSimulation, holdsWithin, simulate } from './simulation.ts';

test('cycle: the port moves on and on and then begins again, two processes at most', async () => {
  const run = await simulate('cycle', '--for', '60s', '--every', '200ms');
  const steps = await run.until('listening', 10);
  assert.deepEqual(
    steps.slice(0, 10).map(({ port }) => (port ?? 0) - run.basePort),
    [0, 1, 2, 3, 4, 5, 6, 7, 0, 1],
  );
  assert.ok(listeningPorts(run.basePort, run.basePort + 99).length <= 2);
  await endSimulation(run);
});

test('crash-loop: process after process, always on the same port', async () => {
  const run = await simulate('crash-loop', '--for', '60s', '--every', '50ms');
  const starts = (await run.until('listening', 3)).slice(0, 3);
  const deaths = (await run.until('exited', 2)).slice(0, 2);
  assert.deepEqual(new Set(starts.map(({ port }) => port)), new Set([run.basePort]));
  assert.equal(new Set(starts.map(({ pid }) => pid)).size, 3);
  assert.deepEqual(
    deaths.map(({ pid, port, note }) => ({ pid, port, note })),
    starts.slice(0, 2).map(({ pid }) => ({ pid, port: run.basePort, note: 'exit code 1' })),
  );
  await endSimulation(run);
});

test('inherited: the first server is dead, and another program alone holds its socket', async () => {
  const run = await simulate('inherited', '--for', '60s', '--every', '100ms');
  await run.until('listening', 2);
  const helper = run.pidOf('thumbnailer 1');
  assert.equal(isAlive(run.pidOf('web 1')), false);
  assert.deepEqual(holdersOf(run.basePort), [helper]);
  assert.deepEqual(holdersOf(run.basePort + 1), [run.pidOf('web 2')]);
  assert.match(commandLineOf(helper), /\/thumbnailer\.ts$/);
  await endSimulation(run);
});

test('replaced: the old one runs from a deleted file, the new one from the file in its place', async () => {
  const run = await simulate('replaced', '--for', '60s', '--every', '100ms');
  await run.until('listening', 2);
  const [old, next] = [run.pidOf('web 1'), run.pidOf('web 2')];
  assert.deepEqual([holdersOf(run.basePort), holdersOf(run.basePort + 1)], [[old], [next]]);
  assert.equal(executableOf(old), `${executableOf(next)} (deleted)`);
  assert.match(executableOf(next), /\/bin\/node$/);
  await endSimulation(run);
});

test('told: each port stands in the command line of the process that holds it', async () => {
  const run = await simulate('told', '--for', '60s', '--every', '50ms');
  await run.until('listening', 3);
  for (const step of [0, 1, 2]) {
    const pid = run.pidOf(`web ${step + 1}`);
    assert.deepEqual(holdersOf(run.basePort + step), [pid]);
    assert.match(commandLineOf(pid), new RegExp(`/web\\.ts --port ${run.basePort + step} `));
    assert.match(commandLineOf(parentOf(pid)), /\/starter\.ts$/);
  }
  await endSimulation(run);
});

test('releases: old and new run from folders of their own', async () => {
  const run = await simulate('releases', '--for', '60s', '--every', '100ms');
  await run.until('listening', 2);
  const [old, next] = [run.pidOf('web 1'), run.pidOf('web 2')];
  assert.deepEqual([holdersOf(run.basePort), holdersOf(run.basePort + 1)], [[old], [next]]);
  assert.match(commandLineOf(old), /\/releases\/20261101120000\/web\.ts /);
  assert.equal(commandLineOf(old).replace('20261101120000', '20261123151705'), commandLineOf(next));
  await endSimulation(run);
});

test('supervisor: old and new have the same living parent', async () => {
  const run = await simulate('supervisor', '--for', '60s', '--every', '100ms');
  await run.until('listening', 2);
  const [old, next] = [run.pidOf('web 1'), run.pidOf('web 2')];
  assert.deepEqual([holdersOf(run.basePort), holdersOf(run.basePort + 1)], [[old], [next]]);
  assert.deepEqual([old, next].map(parentOf), [run.pidOf('manager 1'), run.pidOf('manager 1')]);
  await endSimulation(run);
});

test('wedged: the old one keeps its port through SIGTERM and accepts nobody', async () => {
  const run = await simulate('wedged', '--for', '60s', '--every', '100ms');
  await run.until('listening', 2);
  assert.deepEqual(
    [holdersOf(run.basePort), holdersOf(run.basePort + 1)],
    [[run.pidOf('web 1')], [run.pidOf('web 2')]],
  );
  const client = fetch(`http://127.0.0.1:${run.basePort}/`, { signal: AbortSignal.timeout(300) });
  await assert.rejects(client, { name: 'TimeoutError' });
  await endSimulation(run);
});

test('invisible: no listener is on the port the server was told, an outgoing connection is', async () => {
  const run = await simulate('invisible', '--for', '60s', '--every', '100ms');
  const [{ port: occupied } = { port: null }] = await run.until('holding');
  const [, { port } = { port: null }] = await run.until('listening', 2);
  assert.ok(occupied !== null && port !== null);
  assert.deepEqual(holdersOf(occupied), []);
  assert.ok(tcpRows().some((row) => row.localPort === occupied && row.isEstablished));
  assert.match(commandLineOf(run.pidOf('web 1')), new RegExp(` --port ${occupied} `));
  assert.ok(port > occupied);
  assert.deepEqual(holdersOf(port), [run.pidOf('web 1')]);
  await endSimulation(run);
});

/** Those in which processes outlive the one that started them, and one that cannot hear of anything. */
const listenersOf = {
  inherited: 2,
  supervisor: 2,
  told: 2,
  wedged: 2,
  stopped: 1,
  'hand-over': 3,
  batch: 3,
};

for (const [scenario, count] of Object.entries(listenersOf)) {
  test(`${scenario}: after SIGKILL nothing that came out of it is left`, async () => {
    const run = await simulate(scenario, '--for', '60s', '--every', '50ms');
    await run.until('listening', count);
    const pids = run.moments.flatMap(({ pid }) => pid ?? []);
    run.kill('SIGKILL');
    await run.ended;
    // The first thread of a process may be gone while others still have its sockets open.
    await holdsWithin(10_000, () => !pids.some(isAlive) && leftOf(run.basePort) === 0);
  });
}

function leftOf(basePort: number): number {
  return processesStartedFor(basePort).length + listeningPorts(basePort, basePort + 99).length;
}
