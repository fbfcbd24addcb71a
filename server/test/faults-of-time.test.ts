import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ErrorAnswer } from '@portlight/agent/contract';
import { createLog } from '../src/log.ts';
import { LONG_RUNNING } from '../src/lifetime.ts';
import { createServices, type Services } from '../src/services.ts';
import { openStore } from '../src/store/open-store.ts';
import { alive, change, drift, event, full, HOST_ID, snapshot } from './bodies.ts';
import { configOf, json, temporaryFolder, trialServer } from './trial-server.ts';

interface Trial extends Services {
  /** Lets that much time pass. */
  readonly pass: (ms: number) => void;
}

/** The services under a clock of the test. */
async function trialServices(context: TestContext): Promise<Trial> {
  const folder = temporaryFolder(context);
  const store = await openStore({ kind: 'sqlite', path: join(folder, 'portlight.db') });
  let now = Date.parse('2026-11-23T15:17:06.000Z');
  const config = configOf(['--state-dir', folder]);
  const services = await createServices(config, {
    store,
    log: createLog('error', 'text'),
    now: () => now,
    lifetime: LONG_RUNNING,
  });
  context.after(async () => {
    await services.hub.close();
    await store.close();
  });
  return { ...services, pass: (ms) => (now += ms) };
}

test('a machine is silent a minute after its last sign of life, and its gap lasts until the next', async (context) => {
  const { ingest, hosts, history, summary, pass } = await trialServices(context);
  await ingest.push(full(), '127.0.0.1');
  pass(59_000);
  assert.equal((await hosts.one(HOST_ID)).host.state, 'reporting');
  pass(2_000);
  assert.equal((await hosts.one(HOST_ID)).host.state, 'silent');
  assert.equal((await hosts.map()).states, 's');
  assert.deepEqual((await summary.now()).machines, { total: 1, reporting: 0, silent: 1, left: 0 });
  const { gaps } = await history.timeline(HOST_ID, {});
  assert.deepEqual(gaps, [{ from: '2026-11-23T15:17:06.000Z', to: null }]);
  await ingest.push(alive(), '127.0.0.1');
  await ingest.flush();
  assert.equal((await hosts.one(HOST_ID)).host.state, 'reporting');
});

test('a gap in the looks is as long as the agent says, however long ago it could report', async (context) => {
  const { ingest, history, pass } = await trialServices(context);
  await ingest.push(full(), '127.0.0.1');
  pass(600_000);
  const nowhere = { address: '', port: 0, networkNamespace: '', inode: '', holders: [] };
  const [from, at] = ['2026-11-23T15:20:00.000Z', '2026-11-23T15:21:30.000Z'];
  const { accepted } = await ingest.push(
    change({ events: [event({ kind: 'gap', ...nowhere, from, at, detail: 'nobody looked' })] }),
    '127.0.0.1',
  );
  assert.equal(accepted, true);
  const { gaps } = await history.timeline(HOST_ID, {});
  assert.deepEqual(gaps, [{ from, to: at }]);
});

test('what a silent machine last told stays open, and its silence is what the map shows', async (context) => {
  const { ingest, hosts, findings, summary, pass } = await trialServices(context);
  await ingest.push(full({ snapshot: snapshot({ findings: [drift()] }) }), '127.0.0.1');
  assert.equal((await hosts.map()).states, 'd');
  pass(61_000);
  assert.equal((await hosts.map()).states, 's');
  assert.equal((await findings.list({})).total, 1);
  assert.equal((await summary.now()).offPort.machines, 1);
});

test('what ended longer ago than --retention is removed, what lasts is not', async (context) => {
  const { ingest, findings, summary, maintenance, pass } = await trialServices(context);
  const lasting = drift({ id: '00000000000000d2', groupId: '00000000000000d9' });
  await ingest.push(full({ snapshot: snapshot({ findings: [drift(), lasting] }) }), '127.0.0.1');
  await ingest.push(change({ findings: [lasting] }), '127.0.0.1');
  pass(29 * 86_400_000);
  await ingest.push(alive({ sequence: 3, digest: 'digest-2' }), '127.0.0.1');
  await ingest.flush();
  assert.equal((await maintenance.run()).removedFindings, 0);
  assert.notEqual((await summary.now()).lastClosed, null);
  pass(2 * 86_400_000);
  assert.equal((await maintenance.run()).removedFindings, 1);
  assert.equal((await summary.now()).lastClosed, null);
  assert.deepEqual([(await findings.list({ state: 'closed' })).total, (await findings.list({})).total], [0, 1]);
});

test('a machine not heard of for longer than --forget-after is removed and has to send everything', async (context) => {
  const { ingest, hosts, maintenance, pass } = await trialServices(context);
  await ingest.push(full(), '127.0.0.1');
  pass(8 * 86_400_000);
  assert.deepEqual((await maintenance.run()).removedHosts, [HOST_ID]);
  await assert.rejects(hosts.one(HOST_ID), /no machine has the name or id/);
  assert.equal((await ingest.push(alive(), '127.0.0.1')).needFull, true);
});

test('while another program holds the store pushes are answered by 503 with Retry-After, and afterwards as ever', async (context) => {
  const server = await trialServer(context);
  const other = new DatabaseSync(join(server.folder, 'portlight.db'));
  context.after(() => {
    other.close();
  });
  other.exec('BEGIN IMMEDIATE');
  const refused = await server.post('/api/v1/push', full());
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5']);
  assert.equal((await json<ErrorAnswer>(refused)).error.code, 'store-locked');
  assert.equal((await server.get('/readyz')).status, 503);
  assert.equal((await server.get('/healthz')).status, 200);
  assert.equal((await server.get('/api/v1/hosts')).status, 200);
  other.exec('ROLLBACK');
  assert.equal((await server.push(full())).needFull, false);
  await delay(1_100);
  assert.equal((await server.get('/readyz')).status, 200);
});
