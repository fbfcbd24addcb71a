import { test } from 'node:test';
import { setTimeout as later } from 'node:timers/promises';
import { ownPostgres, run } from '../trial-postgres.ts';
import { temporaryFolder } from '../trial-server.ts';
import { assertKept, startedLoad, startedServer, survives, until } from './fault-trial.ts';

const STOPPED_MS = 3_000;
const CUTS = 10;

test('PostgreSQL stopped for a while: 503 until it is back', async (context) => {
  const postgres = await ownPostgres(context);
  await survives(context, {
    args: ['--state-dir', temporaryFolder(context), '--store', postgres.url],
    code: /^store-unreachable$/,
    cause: postgres.stop,
    heal: async () => {
      await later(STOPPED_MS);
      await postgres.start();
    },
  });
});

test('PostgreSQL that lets nobody write, as after a failover: 503 until it does', async (context) => {
  const { url } = await ownPostgres(context);
  const mayOnlyRead = async (isSo: boolean): Promise<void> => {
    const elsewhere = url.replace(/[^/]*$/, 'postgres');
    await run(elsewhere, `ALTER DATABASE portlight SET default_transaction_read_only = ${isSo}`);
    await cutAll(elsewhere);
  };
  await survives(context, {
    args: ['--state-dir', temporaryFolder(context), '--store', url],
    code: /^store-read-only$/,
    cause: () => mayOnlyRead(true),
    heal: () => mayOnlyRead(false),
  });
});

test('connections cut again and again in the middle of transactions lose and double nothing', async (context) => {
  const { url } = await ownPostgres(context);
  const server = await startedServer(context, ['--state-dir', temporaryFolder(context), '--store', url]);
  const load = startedLoad(context, server);
  for (let cut = 0; cut < CUTS; cut += 1) {
    const before = load.acknowledgedEvents;
    await until('events are acknowledged', () => load.acknowledgedEvents > before);
    await until('a transaction is cut', async () => (await cutWriters(url)) > 0);
  }
  await load.settle(60_000);
  await assertKept(server, load);
});

async function cutAll(url: string): Promise<void> {
  await run(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'portlight-server'");
}

/** Cuts the connections that are in the middle of a transaction that writes; answers how many there were. */
async function cutWriters(url: string): Promise<number> {
  const cut = await run(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'portlight-server' AND backend_xid IS NOT NULL`,
  );
  return cut.length;
}
