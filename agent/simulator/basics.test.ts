import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { holdersOf, listeningPorts, processesStartedFor, tcpRows } from './kernel-view.ts';
import { endSimulation, simulate } from './simulation.ts';

test('healthy: both services hold their own port by three processes and keep their connections', async () => {
  const run = await simulate('healthy', '--for', '20s', '--every', '20ms');
  const { basePort } = run;
  await run.until('connected', 6);
  const before = [holdersOf(basePort), holdersOf(basePort + 80)];
  assert.deepEqual(
    before.map((holders) => holders.length),
    [3, 3],
  );
  assert.deepEqual(before, [processesStartedFor(basePort), processesStartedFor(basePort + 80)]);
  await setTimeout(500);
  assert.deepEqual([holdersOf(basePort), holdersOf(basePort + 80)], before);
  assert.deepEqual([established(basePort), established(basePort + 80)], [3, 3]);
  assert.deepEqual(listeningPorts(basePort, basePort + 99), [basePort, basePort + 80]);
  await endSimulation(run);
});

test('stale: the first one ignores SIGTERM and keeps the port, the second answers on the next one', async () => {
  const run = await simulate('stale', '--for', '20s', '--every', '100ms');
  const [first, second] = await run.until('listening', 2);
  const [{ pid: told } = {}] = await run.until('sigterm-ignored');
  assert.deepEqual(portsOf([first, second]), [run.basePort, run.basePort + 1]);
  assert.equal(told, first?.pid);
  assert.deepEqual(holdersOf(run.basePort), [first?.pid]);
  assert.deepEqual(holdersOf(run.basePort + 1), [second?.pid]);
  assert.deepEqual(
    run.moments.map((moment) => moment.event),
    ['begun', 'started', 'listening', 'sigterm-sent', 'sigterm-ignored', 'started', 'listening'],
  );
  const answers = await Promise.all([first, second].map((moment) => answerOf(moment?.port)));
  assert.deepEqual(
    answers,
    [first, second].map((moment) => `web is well on 127.0.0.1:${moment?.port}, pid ${moment?.pid}\n`),
  );
  await endSimulation(run);
});

test('ladder: each restart takes the next port and leaves the process before it behind', async () => {
  const run = await simulate('ladder', '--for', '30s', '--every', '50ms');
  const rungs = (await run.until('listening', 4)).slice(0, 4);
  assert.deepEqual(
    portsOf(rungs),
    [0, 1, 2, 3].map((step) => run.basePort + step),
  );
  assert.deepEqual(
    rungs.map(({ port }) => holdersOf(port ?? 0)),
    rungs.map(({ pid }) => [pid]),
  );
  assert.equal(new Set(rungs.map(({ pid }) => pid)).size, 4);
  assert.deepEqual(
    rungs.map(({ at }) => at),
    rungs.map(({ at }) => at).toSorted(),
  );
  await endSimulation(run);
});

test('ladder: it stops climbing at twenty ports', async () => {
  const run = await simulate('ladder', '--for', '60s', '--every', '10ms');
  await run.until('listening', 20);
  await setTimeout(500);
  assert.equal(listeningPorts(run.basePort, run.basePort + 99).length, 20);
  await endSimulation(run);
});

test('churn: listeners open and close at the rate asked for, eight at a time, within sixteen ports', async () => {
  const run = await simulate('churn', '--for', '20s', '--every', '10ms');
  const opened = await run.until('opened', 150);
  const closed = await run.until('closed', 140);
  const tookMs = Date.parse(opened[149]?.at ?? '') - Date.parse(opened[0]?.at ?? '');
  assert.ok(tookMs >= 1400, `149 steps of 10 ms took ${tookMs} ms`);
  const ports = new Set(portsOf([...opened, ...closed]));
  assert.deepEqual(
    [...ports].sort((one, other) => Number(one) - Number(other)),
    Array.from({ length: 16 }, (_, slot) => run.basePort + slot),
  );
  const seen = listeningPorts(run.basePort, run.basePort + 99);
  assert.ok(seen.length >= 7 && seen.length <= 9, `${seen.length} were open at once`);
  await endSimulation(run);
});

test('the time of a moment is the time at which the kernel shows it', async () => {
  const run = await simulate('stale', '--for', '20s', '--every', '1s');
  const isOpen = (): boolean => listeningPorts(run.basePort, run.basePort).length === 1;
  let lastClosedMs = 0;
  // The clock is read before the table: what it shows closed may be open by the time it has been read.
  for (let lookedMs = Date.now(); !isOpen(); lookedMs = Date.now()) {
    lastClosedMs = lookedMs;
    await setTimeout(2);
  }
  const firstOpenMs = Date.now();
  const [{ at } = { at: '' }] = await run.until('listening');
  const saidMs = Date.parse(at);
  assert.ok(saidMs >= lastClosedMs - 1, `said ${lastClosedMs - saidMs} ms before it was so`);
  assert.ok(saidMs <= firstOpenMs + 500, `said ${saidMs - firstOpenMs} ms after it was so`);
  const [{ at: replacedAt } = { at: '' }] = await run.until('sigterm-sent');
  const waitedMs = Date.parse(replacedAt) - saidMs;
  assert.ok(waitedMs >= 990 && waitedMs < 2000, `replaced after ${waitedMs} ms instead of 1000`);
  await endSimulation(run);
});

function portsOf(
  moments: readonly ({ readonly port: number | null } | undefined)[],
): readonly (number | null | undefined)[] {
  return moments.map((moment) => moment?.port);
}

function established(port: number): number {
  return tcpRows().filter((row) => row.localPort === port && row.isEstablished && row.inode !== '0').length;
}

async function answerOf(port: number | null | undefined): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/`)).text();
}
