import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { claimBasePort } from './free-ports.ts';
import { listeningPorts, processesStartedFor } from './kernel-view.ts';
import { holdsWithin, MAIN, simulate } from './simulation.ts';

/** Every way out, with what has to be the simulator's last word; it cannot have one after SIGKILL. */
const waysOut = [
  { signal: 'SIGINT', exit: 130, lastEvent: 'ended' },
  { signal: 'SIGTERM', exit: 143, lastEvent: 'ended' },
  { signal: 'SIGHUP', exit: 129, lastEvent: 'ended' },
  { signal: 'SIGKILL', exit: 'SIGKILL', lastEvent: 'listening' },
] as const;

for (const { signal, exit, lastEvent } of waysOut) {
  test(`after ${signal} no server is left, not even one that ignores SIGTERM`, async () => {
    const run = await simulate('stale', '--for', '60s', '--every', '20ms');
    await run.until('listening', 2);
    run.kill(signal);
    assert.equal(await run.ended, exit);
    await nothingIsLeft(run.basePort);
    assert.equal(run.moments.at(-1)?.event, lastEvent);
  });

  test(`after ${signal} no worker is left`, async () => {
    const run = await simulate('healthy', '--for', '60s');
    await run.until('listening', 2);
    run.kill(signal);
    assert.equal(await run.ended, exit);
    await nothingIsLeft(run.basePort);
  });
}

test('when its time is over it ends by itself with exit code 0 and leaves nothing', async () => {
  const run = await simulate('ladder', '--for', '1s', '--every', '100ms');
  assert.equal(await run.ended, 0);
  assert.deepEqual(leftOf(run.basePort), { ports: [], processes: [] });
  const pidsOf = (event: string): readonly (number | null)[] =>
    run.moments
      .filter((moment) => moment.event === event)
      .map(({ pid }) => pid)
      .toSorted();
  assert.deepEqual(pidsOf('exited'), pidsOf('started'));
});

test('when its time is over while a server is starting, that one ends too', async () => {
  const run = await simulate('ladder', '--for', '1s', '--every', '10ms');
  assert.equal(await run.ended, 0);
  assert.deepEqual(leftOf(run.basePort), { ports: [], processes: [] });
});

test('when the parent of the simulator is killed, nothing is left', async () => {
  const basePort = await claimBasePort();
  const command = `"${process.execPath}" "${MAIN}" stale --every 20ms --base-port ${basePort} & wait`;
  const shell = spawn('sh', ['-c', command], { stdio: 'ignore' });
  await holdsWithin(10_000, () => leftOf(basePort).ports.length === 2);
  shell.kill('SIGKILL');
  await once(shell, 'exit');
  await nothingIsLeft(basePort);
});

test('when nobody reads what it says, it ends', async () => {
  const basePort = await claimBasePort();
  const args = [MAIN, 'churn', '--base-port', String(basePort)];
  const simulator = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(simulator.stdout, 'data');
  simulator.stdout.destroy();
  assert.deepEqual(await once(simulator, 'exit'), [0, null]);
  await nothingIsLeft(basePort);
});

async function nothingIsLeft(basePort: number): Promise<void> {
  await holdsWithin(2_000, () => {
    const { ports, processes } = leftOf(basePort);
    return ports.length + processes.length === 0;
  });
}

function leftOf(basePort: number): { readonly ports: readonly number[]; readonly processes: readonly number[] } {
  const processes = [basePort, basePort + 80].flatMap(processesStartedFor);
  return { ports: listeningPorts(basePort, basePort + 99), processes };
}
