/** What the kernel shows of programs whose ports come and go, or are open to more than they should be. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CLAIM_LENGTH } from './free-ports.ts';
import {
  executableOf,
  holdersOf,
  inodesOf,
  isAlive,
  listeningPorts,
  mostDescriptors,
  openDescriptors,
  parentOf,
  tcpRows,
} from './kernel-view.ts';
import { endSimulation, holdsWithin, simulate, type Simulation } from './simulation.ts';

const PATIENCE_MS = 20_000;
const EVERYWHERE = '00000000';

const openPorts = (run: Simulation): readonly number[] =>
  listeningPorts(run.basePort, run.basePort + CLAIM_LENGTH - 2).map((port) => port - run.basePort);

/** Most of it is waiting. */
suite('ports that come and go', { concurrency: 4 }, () => {
  test('flickering: one process, and a new socket on the same port each time', async () => {
    const run = await simulate('flickering', '--for', '60s', '--every', '500ms');
    const inodes: (readonly string[])[] = [];
    for (const time of [1, 2, 3]) {
      await run.until('listening', time);
      inodes.push(inodesOf(run.basePort));
    }
    assert.equal(new Set(inodes.flat()).size, 3);
    assert.deepEqual(
      new Set((await run.until('listening', 3)).map(({ pid }) => pid)),
      new Set([run.pidOf('flicker 1')]),
    );
    await endSimulation(run);
  });

  test('leak: twelve adjoining ports of one process', async () => {
    const run = await simulate('leak', '--for', '60s', '--every', '20ms');
    await run.until('opened', 11);
    assert.deepEqual(openPorts(run), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.deepEqual(holdersOf(run.basePort + 11), [run.pidOf('opener 1')]);
    await endSimulation(run);
  });

  test('shared-port: two programs have a socket each on one port', async () => {
    const run = await simulate('shared-port', '--for', '60s', '--every', '50ms');
    await run.until('listening', 2);
    assert.equal(new Set(inodesOf(run.basePort)).size, 2);
    assert.deepEqual(new Set(holdersOf(run.basePort)), new Set([run.pidOf('web 1'), run.pidOf('api 1')]));
    await endSimulation(run);
  });

  test('exposed: on loopback first, on every interface then', async () => {
    const run = await simulate('exposed', '--for', '60s', '--every', '50ms');
    const addresses = (): readonly string[] =>
      tcpRows().flatMap((row) => (row.isListening && row.localPort === run.basePort ? row.localAddress : []));
    await run.until('listening', 1);
    assert.equal(addresses().includes(EVERYWHERE), false);
    await run.until('listening', 2);
    assert.deepEqual(addresses(), [EVERYWHERE]);
    await endSimulation(run);
  });

  test('rolling: worker after worker is another one, and the port is never without', async () => {
    const run = await simulate('rolling', '--for', '60s', '--every', '100ms');
    const before = (await run.until('listening', 3)).slice(0, 3).flatMap(({ pid }) => pid ?? []);
    await holdsWithin(PATIENCE_MS, () => {
      assert.ok(inodesOf(run.basePort).length > 0);
      return !before.some(isAlive) && holdersOf(run.basePort).length === 3;
    });
    assert.deepEqual(new Set(holdersOf(run.basePort).map(parentOf)), new Set([run.pidOf('sharer 1')]));
    await endSimulation(run);
  });

  test('random-port: its own port stays, the other one is another each time', async () => {
    const run = await simulate('random-port', '--for', '60s', '--every', '100ms');
    await run.until('listening', 2);
    const [one, other] = await run.until('opened', 2);
    assert.notEqual(one?.port, other?.port);
    assert.deepEqual(holdersOf(run.basePort), [run.pidOf('web 2')]);
    assert.deepEqual(holdersOf(other?.port ?? 0), [run.pidOf('web 2')]);
    await endSimulation(run);
  });

  test('outdated: it runs from a file that was replaced', async () => {
    const run = await simulate('outdated', '--for', '60s', '--every', '50ms');
    const [{ note } = { note: null }] = await run.until('upgraded');
    assert.equal(executableOf(run.pidOf('web 1')), `${note ?? ''} (deleted)`);
    await endSimulation(run);
  });

  test('sawtooth: it opens file after file, and then has none again', async () => {
    const run = await simulate('sawtooth', '--for', '60s', '--every', '10ms');
    await run.until('listening');
    const pid = run.pidOf('hoarder 1');
    assert.equal(mostDescriptors(pid), 1024);
    await holdsWithin(PATIENCE_MS, () => openDescriptors(pid) > 60);
    await holdsWithin(PATIENCE_MS, () => openDescriptors(pid) < 40);
    await endSimulation(run);
  });
});
