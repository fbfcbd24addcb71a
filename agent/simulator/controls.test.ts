/** What the kernel shows of the scenarios in which nothing is wrong. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import { CLAIM_LENGTH } from './free-ports.ts';
import { commandLineOf, executableOf, holdersOf, inodesOf, listeningPorts, parentOf } from './kernel-view.ts';
import { endSimulation, holdsWithin, simulate, type Simulation } from './simulation.ts';

const PATIENCE_MS = 10_000;

const openPorts = (run: Simulation): readonly number[] =>
  listeningPorts(run.basePort, run.basePort + CLAIM_LENGTH - 2).map((port) => port - run.basePort);

test('hand-over: one socket goes from process to process', async () => {
  const run = await simulate('hand-over', '--for', '60s', '--every', '400ms');
  await run.until('listening', 1);
  const inodes = inodesOf(run.basePort);
  await run.until('listening', 3);
  assert.deepEqual(inodesOf(run.basePort), inodes);
  assert.deepEqual(openPorts(run), [0]);
  await holdsWithin(PATIENCE_MS, () => holdersOf(run.basePort).length === 1);
  assert.deepEqual(holdersOf(run.basePort), [run.pidOf('web 3')]);
  assert.match(await (await fetch(`http://127.0.0.1:${run.basePort}/`)).text(), /^web is well/);
  await endSimulation(run);
});

test('prefork: workers come and go, the socket stays', async () => {
  const run = await simulate('prefork', '--for', '60s', '--every', '50ms');
  await run.until('listening', 1);
  const [inodes, holders] = [inodesOf(run.basePort), holdersOf(run.basePort)];
  await run.until('opened', 3);
  await holdsWithin(PATIENCE_MS, () => holdersOf(run.basePort).length === 4);
  const later = holdersOf(run.basePort);
  assert.deepEqual(inodesOf(run.basePort), inodes);
  assert.equal(later.filter((pid) => holders.includes(pid)).length, 1);
  assert.deepEqual(
    later.filter((pid) => holders.includes(pid)),
    [run.pidOf('web 1')],
  );
  await endSimulation(run);
});

test('reuseport: each of three processes has a socket of its own on the one port', async () => {
  const run = await simulate('reuseport', '--for', '60s', '--every', '100ms');
  await run.until('listening', 6);
  assert.equal(new Set(inodesOf(run.basePort)).size, 3);
  assert.deepEqual(holdersOf(run.basePort), ['web 4', 'web 5', 'web 6'].map(run.pidOf));
  assert.deepEqual(openPorts(run), [0]);
  await endSimulation(run);
});

test('blue-green: each release holds the port it is told, in turn', async () => {
  const run = await simulate('blue-green', '--for', '60s', '--every', '50ms');
  const steps = await run.until('listening', 4);
  assert.deepEqual(
    steps.map(({ port }) => (port ?? 0) - run.basePort),
    [0, 100, 0, 100],
  );
  assert.match(commandLineOf(run.pidOf('web 4')), new RegExp(` --port ${run.basePort + 100}$`));
  await run.until('exited', 3);
  assert.deepEqual(openPorts(run), [100]);
  await endSimulation(run);
});

test('multi-port: one process holds three ports, and the next one the same', async () => {
  const run = await simulate('multi-port', '--for', '60s', '--every', '100ms');
  await run.until('listening', 2);
  const pid = run.pidOf('web 2');
  assert.deepEqual(
    [0, 1, 2].map((offset) => holdersOf(run.basePort + offset)),
    [[pid], [pid], [pid]],
  );
  assert.deepEqual(openPorts(run), [0, 1, 2]);
  await endSimulation(run);
});

test('three-apps: three programs of one parent on adjoining ports', async () => {
  const run = await simulate('three-apps', '--for', '60s', '--every', '50ms');
  await run.until('listening', 3);
  const pids = ['web 1', 'api 1', 'admin 1'].map(run.pidOf);
  assert.deepEqual(
    pids.map((_, offset) => holdersOf(run.basePort + offset)),
    pids.map((pid) => [pid]),
  );
  assert.deepEqual(
    pids.map((pid) => basename(commandLineOf(pid))),
    ['web.ts', 'api.ts', 'admin.ts'],
  );
  assert.deepEqual(new Set(pids.map(parentOf)), new Set([run.pidOf('manager 1')]));
  await endSimulation(run);
});

test('batch: three instances on adjoining ports, each restarted in its place', async () => {
  const run = await simulate('batch', '--for', '60s', '--every', '200ms');
  await run.until('listening', 6);
  assert.deepEqual(
    [0, 1, 2].map((offset) => holdersOf(run.basePort + offset)),
    ['web 4', 'web 5', 'web 6'].map((name) => [run.pidOf(name)]),
  );
  assert.deepEqual(openPorts(run), [0, 1, 2]);
  await endSimulation(run);
});

test('two-redis: executable and command line read like those of redis', async () => {
  const run = await simulate('two-redis', '--for', '60s', '--every', '100ms');
  await run.until('listening', 2);
  for (const offset of [0, 1]) {
    const pid = run.pidOf(`redis ${offset + 1}`);
    assert.deepEqual(holdersOf(run.basePort + offset), [pid]);
    assert.equal(basename(executableOf(pid)), 'redis-server');
    assert.equal(commandLineOf(pid), `redis-server 127.0.0.1:${run.basePort + offset}`);
  }
  await endSimulation(run);
});

test('socket-activation: the socket outlives the service, held by the one that opened it', async () => {
  const run = await simulate('socket-activation', '--for', '60s', '--every', '100ms');
  await run.until('listening', 1);
  const inodes = inodesOf(run.basePort);
  await run.until('listening', 2);
  assert.deepEqual(inodesOf(run.basePort), inodes);
  assert.deepEqual(new Set(holdersOf(run.basePort)), new Set([run.pidOf('activator 1'), run.pidOf('web 2')]));
  await endSimulation(run);
});

test('ssh-forward: sshd after sshd, each on the next port', async () => {
  const run = await simulate('ssh-forward', '--for', '60s', '--every', '50ms');
  await run.until('listening', 4);
  assert.deepEqual(openPorts(run), [0, 1, 2, 3]);
  for (const session of [0, 1, 2, 3]) {
    const pid = run.pidOf(`sshd ${session + 1}`);
    assert.deepEqual(holdersOf(run.basePort + session), [pid]);
    assert.equal(basename(executableOf(pid)), 'sshd');
    assert.equal(commandLineOf(pid), `sshd: ada@pts/${session}`);
  }
  await endSimulation(run);
});
