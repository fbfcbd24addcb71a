/** What the kernel shows of accept queues. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { listenOverflows, queueOf, stateOf, tcpRows } from './kernel-view.ts';
import { endSimulation, holdsWithin, simulate } from './simulation.ts';

const PATIENCE_MS = 20_000;

/** Most of it is waiting. */
suite('accept queues', { concurrency: 4 }, () => {
  test('hung: it accepted all until it hung, and then nobody', async () => {
    const run = await simulate('hung', '--for', '60s', '--every', '1s');
    const [{ at: hungAt } = { at: '' }] = await run.until('blocked');
    const accepted = run.moments.filter(({ event }) => event === 'accepted');
    assert.ok(accepted.length >= 3, `${accepted.length} were accepted`);
    const clients = run.moments.filter(({ event }) => event === 'connected').length;
    await run.until('connected', clients + 5);
    assert.ok(queueOf(run.basePort) >= 5);
    const later = run.moments.filter(({ event, at }) => event === 'accepted' && at > hungAt);
    assert.deepEqual(later, []);
    await endSimulation(run);
  });

  test('stopped: its state is T, and its clients wait', async () => {
    const run = await simulate('stopped', '--for', '60s', '--every', '300ms');
    await run.until('blocked');
    await holdsWithin(PATIENCE_MS, () => stateOf(run.pidOf('web 1')) === 'T' && queueOf(run.basePort) >= 2);
    await endSimulation(run);
  });

  test('overflow: the queue is full and the kernel turns clients away', async () => {
    const before = listenOverflows();
    const run = await simulate('overflow', '--for', '60s', '--every', '300ms');
    await holdsWithin(PATIENCE_MS, () => listenOverflows() > before);
    // One more than the backlog fits in.
    assert.equal(queueOf(run.basePort), 4);
    await endSimulation(run);
  });

  test('given-up: the clients in the queue have closed', async () => {
    const run = await simulate('given-up', '--for', '60s', '--every', '300ms');
    const waiting = (): number =>
      tcpRows().filter((row) => row.localPort === run.basePort && row.isCloseWait && row.inode === '0').length;
    await run.until('blocked');
    await holdsWithin(PATIENCE_MS, () => waiting() === 2);
    assert.equal(queueOf(run.basePort), 2);
    await endSimulation(run);
  });

  test('busy: somebody waits most of the time, and nobody waits long', async () => {
    const run = await simulate('busy', '--for', '60s');
    await run.until('holding');
    await holdsWithin(PATIENCE_MS, () => queueOf(run.basePort) > 0);
    let [queued, emptied] = [0, 0];
    for (let look = 0, last = 0; look < 200; look += 1) {
      const now = queueOf(run.basePort);
      if (now > 0) queued += 1;
      if (now < last) emptied += 1;
      last = now;
      await setTimeout(15);
    }
    assert.ok(queued >= 140, `somebody waited in ${queued} of 200 looks`);
    assert.ok(emptied >= 3, `in 3 s it got shorter ${emptied} times`);
    await endSimulation(run);
  });

  test('slow-start: the first clients wait until it serves', async () => {
    const run = await simulate('slow-start', '--for', '60s');
    await holdsWithin(PATIENCE_MS, () => queueOf(run.basePort) >= 10);
    assert.deepEqual(
      run.moments.filter(({ event }) => event === 'listening'),
      [],
    );
    await run.until('listening');
    await holdsWithin(PATIENCE_MS, () => queueOf(run.basePort) === 0);
    await endSimulation(run);
  });
});
