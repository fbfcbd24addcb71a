import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { change, event, full, fullOf, holder, HOST_ID, listener } from '../../test/bodies.ts';
import { bearer, configOf, json, temporaryFolder, trialServer, withTokens } from '../../test/trial-server.ts';
import { closeInstance, openInstance, type Instance } from '../instance.ts';
import { LONG_RUNNING } from '../lifetime.ts';
import type { MaintenanceAnswer } from './maintenance.ts';

const DAY_MS = 86_400_000;
const HEAVY = 'x'.repeat(2_000);

/** A server’s insides without its timers, over a store that others may open too. */
async function instance(context: TestContext, folder: string, ...args: readonly string[]): Promise<Instance> {
  const config = configOf(['--state-dir', folder, '--log-level', 'error', ...args]);
  const opened = await openInstance(config, LONG_RUNNING);
  context.after(() => closeInstance(opened));
  return opened;
}

/** Takes in events of each of the last days, newest last, with texts of their own, so that a day has some weight. */
async function fill({ services: { ingest } }: Instance, days: number, perDay: number): Promise<void> {
  await ingest.push(full(), '127.0.0.1');
  for (let day = days - 1; day >= 0; day -= 1) {
    const at = new Date(Date.now() - day * DAY_MS).toISOString();
    const events = Array.from({ length: perDay }, (_, index) => {
      const port = 10_000 + index;
      return event({
        id: day * perDay + index + 1,
        at,
        port,
        inode: String(day * 100_000 + port),
        detail: `${day} ${index} ${HEAVY}`,
      });
    });
    const opened = [listener({ port: 20_000 + day, inode: String(day) })];
    await ingest.push(
      change({ sequence: 100 - day, baseDigest: 'unknown', opened, processes: [holder()], events }),
      null,
    );
  }
}

async function keptDays({ store }: Instance): Promise<readonly string[]> {
  const range = { from: 0, to: Number.MAX_SAFE_INTEGER, before: null, limit: 100_000 };
  const days = new Set((await store.reader.events(HOST_ID, range)).map(({ at }) => at.slice(0, 10)));
  return [...days].toSorted();
}

test('a store that is too large loses its oldest days, one a call, and says so; never the newest', async (context) => {
  const one = await instance(context, temporaryFolder(context), '--max-store', '16M');
  await fill(one, 4, 2_500);
  const before = await keptDays(one);
  assert.equal(before.length, 4);
  const { used } = await one.store.reader.space();
  assert.ok(used > 2 ** 24, `${used} bytes are not too large`);
  const answers: MaintenanceAnswer[] = [];
  do answers.push(await one.services.maintenance.run());
  while (answers.at(-1)?.isMoreLeft);
  const dropped = answers.flatMap(({ droppedDays }) => droppedDays);
  assert.ok(dropped.length > 0);
  assert.deepEqual(dropped, before.slice(0, dropped.length));
  assert.deepEqual(await keptDays(one), before.slice(dropped.length));
  const last = answers.at(-1);
  assert.ok(last?.storeBytes != null && (last.storeBytes <= 2 ** 24 || last.isTooLarge));
});

test('one of several instances does it; another one goes on when that is done', async (context) => {
  const folder = temporaryFolder(context);
  const [one, other] = [await instance(context, folder), await instance(context, folder)];
  await one.store.commit((writer) =>
    writer.takeLease('maintenance', { holder: 'a third one', now: Date.now(), until: Date.now() + 60_000 }),
  );
  assert.equal((await one.services.maintenance.run()).isElsewhere, true);
  await one.store.commit((writer) => writer.endLease('maintenance', ''));
  assert.equal((await one.services.maintenance.run()).isElsewhere, false);
  assert.equal((await other.services.maintenance.run()).isElsewhere, false);
});

test('a call answers what was removed, and whether there is more', async (context) => {
  const tokens = withTokens(context);
  const server = await trialServer(context, ['--retention', '1h', ...tokens]);
  const answer = await json<MaintenanceAnswer>(server.post('/api/v1/maintenance', {}, bearer('admin')));
  const { storeBytes, ...others } = answer;
  assert.deepEqual(others, {
    isElsewhere: false,
    removedDays: [],
    droppedDays: [],
    removedFindings: 0,
    removedHosts: [],
    learnedFromHosts: 0,
    isTooLarge: false,
    isMoreLeft: false,
  });
  assert.ok(storeBytes !== null && storeBytes > 10_000);
});

test('machines that left are removed piece after piece, all of them in one turn of the clock', async (context) => {
  const one = await instance(context, temporaryFolder(context), '--forget-after', '1h');
  const hostIds = Array.from({ length: 25 }, (_, index) => `machine-${index}`);
  for (const hostId of hostIds) await one.services.ingest.push(fullOf(hostId, hostId), null);
  await one.services.ingest.flush();
  const [longAgo, seconds] = [Date.now() - 2 * 3_600_000, 15];
  const seen = hostIds.map((hostId) => ({ hostId, at: longAgo, clockOffsetMs: 0, aliveEverySeconds: seconds }));
  await one.store.commit((writer) => writer.markSeen(seen));
  const first = await one.services.maintenance.run();
  assert.deepEqual([first.removedHosts.length, first.isMoreLeft], [10, true]);
  await one.services.maintenance.runOn(10);
  assert.equal(await one.store.reader.countHosts([]), 0);
  assert.equal((await one.services.maintenance.run()).isMoreLeft, false);
});
