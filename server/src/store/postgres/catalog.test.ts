import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Instant } from '@portlight/agent/contract';
import { event, HOST_ID, STARTED_AT, TAKEN_AT } from '../../../test/bodies.ts';
import { run, trialDatabase, TRIAL_KINDS, type TrialKind } from '../../../test/trial-postgres.ts';
import { packageFolder } from '../../config.ts';
import { openStore } from '../open-store.ts';

/*
 * What lets the tables be spread over the nodes of a cluster (docs/cluster.md), read off the database itself. It holds for every
 * table that is not named here, so a new one has to be thought about.
 */

/** Small, the same for all machines, rarely written: each node of a cluster has a copy. */
const FLEET_WIDE = [
  'audit',
  'event_days',
  'expectations',
  'fleet_homes',
  'handed_revision',
  'leases',
  'portlight_schema',
  'secrets',
];
const OF_MACHINES = `c.relname <> ALL ('{${FLEET_WIDE.join()}}')`;

const NEXT_DAY = '2026-11-24T00:00:00.000Z';

/** URL of a database with every table there is, one of a day's events included. */
async function wholeDatabase(context: TestContext, kind: TrialKind): Promise<string> {
  const url = await trialDatabase(context, kind);
  await addEvent(url, TAKEN_AT);
  return url;
}

async function addEvent(url: string, at: Instant): Promise<void> {
  const store = await openStore({ kind: 'postgres', url });
  const { protocol, address, port, networkNamespace, inode } = event();
  const socket = { protocol, address, port, networkNamespace, inode, holder: null, holders: 0, detail: null };
  const origin = { agentStartedAt: STARTED_AT, id: 1, receivedAt: Date.parse(at) };
  await store.commit((writer) => writer.addEvents([{ hostId: HOST_ID, at, kind: 'opened', ...socket, ...origin }]));
  await store.close();
}

/** First column of the answer, as texts. */
async function column(url: string, query: string): Promise<readonly string[]> {
  const rows = await run(url, query);
  return rows.map((row) => String(Object.values(row)[0]));
}

for (const kind of TRIAL_KINDS) {
  test(`PostgreSQL ${kind}`, async (context) => {
    const url = await wholeDatabase(context, kind);
    await context.test('whatever has a machine is spread by it, in one level of partitions', async () => {
      const tables = `SELECT c.relname || coalesce(' ' || pg_get_partkeydef(c.oid), '') FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`;
      const spread = await column(url, `${tables} AND ${OF_MACHINES} ORDER BY 1`);
      assert.ok(spread.length >= 12, spread.join('; '));
      for (const table of spread) assert.match(table, /^\w+ HASH \((host|host_number)\)$|^hosts HASH \(id\)$/);
      assert.deepEqual(await column(url, `${tables} AND NOT ${OF_MACHINES} ORDER BY 1`), FLEET_WIDE);
      const levels = "SELECT c.relname FROM pg_class c WHERE c.relispartition AND c.relkind = 'p'";
      assert.deepEqual(await column(url, levels), []);
    });

    await context.test('every primary key and unique index begins with the machine', async () => {
      const keys = await column(
        url,
        `SELECT c.relname || ' ' || a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND ${OF_MACHINES}
        ORDER BY 1`,
      );
      assert.ok(keys.length >= 12, keys.join('; '));
      for (const key of keys) assert.match(key, /^\w+ (host|host_number)$|^hosts id$/);
    });

    await context.test('machines are named alike everywhere, so that their rows lie together', async () => {
      const types = await column(
        url,
        `SELECT DISTINCT a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || coalesce(' ' || o.collname, '')
        FROM pg_partitioned_table t JOIN pg_class c ON c.oid = t.partrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = t.partattrs[0]
        LEFT JOIN pg_collation o ON o.oid = a.attcollation ORDER BY 1`,
      );
      assert.deepEqual(types, ['host text C', 'host_number bigint', 'id text C']);
    });

    await context.test('nothing ties machines together: no foreign keys, triggers or functions', async () => {
      assert.deepEqual(await column(url, "SELECT conname FROM pg_constraint WHERE contype IN ('f', 'x')"), []);
      assert.deepEqual(await column(url, 'SELECT tgname FROM pg_trigger'), []);
      assert.deepEqual(
        await column(url, "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"),
        [],
      );
    });

    await context.test('numbers are drawn only for a machine never seen before', async () => {
      assert.deepEqual(await column(url, "SELECT relname FROM pg_class WHERE relkind = 'S'"), ['host_number']);
      const drawn = await column(
        url,
        `SELECT DISTINCT c.relname || '.' || a.attname FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
        WHERE NOT c.relispartition AND (pg_get_expr(d.adbin, d.adrelid) LIKE '%nextval%' OR a.attidentity <> '')`,
      );
      assert.deepEqual(drawn, ['host_numbers.number']);
    });
  });
}

/** Stand where a cluster's functions would, and write down what they are called with. */
const RECORDING = `
  CREATE TABLE spread (name text PRIMARY KEY, by_column text);
  CREATE FUNCTION create_distributed_table(t regclass, by_column text, colocate_with text) RETURNS void LANGUAGE sql
    AS 'INSERT INTO spread VALUES (t::text, by_column)';
  CREATE FUNCTION create_reference_table(t regclass) RETURNS void LANGUAGE sql AS 'INSERT INTO spread VALUES (t::text, NULL)'`;

/** The statements for the cluster, without the settings only it knows. */
function clusterStatements(): string {
  const text = readFileSync(join(packageFolder(), 'docs', 'cluster.md'), 'utf8');
  const block = /## A cluster.*?```sql\n(.*?)```/s.exec(text)?.[1] ?? '';
  return block.replaceAll(/^(SET|ALTER ROLE) .*;$/gm, '');
}

test('docs/cluster.md names every table, each day’s included, by its machine', async (context) => {
  const url = await wholeDatabase(context, TRIAL_KINDS[0] ?? 18);
  await run(url, RECORDING);
  await run(url, clusterStatements());
  await addEvent(url, NEXT_DAY);
  const tables = await column(
    url,
    `SELECT c.relname || coalesce(' ' || a.attname, '') FROM pg_class c
      LEFT JOIN pg_partitioned_table t ON t.partrelid = c.oid
      LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = t.partattrs[0]
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname <> 'spread' ORDER BY 1`,
  );
  assert.equal(tables.filter((table) => table.startsWith('events_')).length, 2);
  assert.deepEqual(await column(url, "SELECT name || coalesce(' ' || by_column, '') FROM spread ORDER BY 1"), tables);
});

test('every join is by machine', () => {
  const folder = join(packageFolder(), 'src', 'store', 'queries');
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const joins = texts.flatMap((text) => text.match(/Join\([^)]*\)|\bjoin [a-z]/g) ?? []);
  assert.ok(joins.length > 4, joins.join());
  const isByMachine = /^Join\('\w+', '(\w+\.host|hosts\.id)', '(\w+\.host|hosts\.id)'\)$/;
  const others = joins.filter((join) => !isByMachine.test(join));
  assert.deepEqual(others, []);
});

test('no statement of the store needs a session of its own: no LISTEN, no NOTIFY', () => {
  const folder = join(packageFolder(), 'src', 'store');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!\.test)\.ts$/.test(file),
  );
  assert.ok(files.length > 20);
  const listening = files.filter((file) =>
    /\b(pg_notify|listen|notify|unlisten)\b/i.test(readFileSync(join(folder, file), 'utf8')),
  );
  assert.deepEqual(listening, []);
});
