import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { Client } from 'pg';
import { change, drift, event, full, holder, HOST_ID, listener, snapshot } from '../../test/bodies.ts';
import { TRIAL_KINDS, trialDatabase } from '../../test/trial-postgres.ts';
import { temporaryFolder, trialServer } from '../../test/trial-server.ts';
import type { StoreLocation } from '../store/open-store.ts';
import { checkCommand } from './check-store.ts';

/** The store of a server that took in a machine with a listener, an event and a finding, and has ended. */
async function usedStore(context: TestContext, args: readonly string[] = []): Promise<string> {
  const server = await trialServer(context, args);
  const now = new Date().toISOString();
  await server.push(full({ snapshot: snapshot({ findings: [drift()] }) }));
  const body = change({
    opened: [listener({ port: 3001, inode: '90002' })],
    processes: [holder()],
    events: [event({ port: 3001, inode: '90002', at: now })],
  });
  await server.push(body);
  await server.stop();
  return join(server.folder, 'portlight.db');
}

interface Looked {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

function look(path: string, isJson = false): Promise<Looked> {
  return lookInto({ kind: 'sqlite', path }, isJson);
}

async function lookInto(store: StoreLocation, isJson = false): Promise<Looked> {
  const lines: string[] = [];
  const exitCode = await checkCommand({ store }, { isJson, say: (line) => lines.push(line) });
  return { exitCode, lines };
}

/** Changes the store behind everyone's back. */
function spoil(storePath: string, statement: string): void {
  const database = new DatabaseSync(storePath);
  database.exec(statement);
  database.close();
}

test('a store that a server used is sound, and looking changes nothing', async (context) => {
  const storePath = await usedStore(context);
  const before = readFileSync(storePath);
  const { exitCode, lines } = await look(storePath);
  assert.deepEqual(lines, [
    'ok     the database finds itself sound',
    'ok     every row can be read',
    'ok     machines count what they have',
    'ok     days of events are whole',
  ]);
  assert.equal(exitCode, 0);
  assert.ok(readFileSync(storePath).equals(before));
});

for (const kind of TRIAL_KINDS) {
  test(`a database that a server used is sound, one that was spoiled is not: PostgreSQL ${kind}`, async (context) => {
    const url = await trialDatabase(context, kind);
    await usedStore(context, ['--store', url]);
    const { exitCode, lines } = await lookInto({ kind: 'postgres', url });
    assert.deepEqual(
      [exitCode, lines.map((line) => line.slice(0, 5).trim())],
      [0, ['ok', 'ok', 'ok']],
      lines.join('\n'),
    );
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('update hosts set listeners = 7; delete from event_subjects');
    await client.end();
    const spoiled = await lookInto({ kind: 'postgres', url });
    assert.equal(spoiled.exitCode, 1);
    assert.match(spoiled.lines.join('\n'), /1 machines count other listeners[^]*1 unknown subjects of events/);
  });
}

const SPOILED: readonly (readonly [statement: string, line: RegExp])[] = [
  [
    'UPDATE hosts SET listeners = 7',
    new RegExp(`^fault {2}machines count what they have: 1 machines count other listeners .*: "${HOST_ID}"$`),
  ],
  ['UPDATE hosts SET critical = critical + 1', /: 1 machines count other open findings than they have: "/],
  ['DELETE FROM findings', /: 1 machines count other open findings than they have: "/],
  ['DELETE FROM listeners', /: 1 machines count other listeners than they have: "/],
  ['PRAGMA foreign_keys = OFF; DELETE FROM hosts', /: 1 machines have listeners but are not there: "/],
  [`UPDATE hosts SET facts = '{'`, /^fault {2}every row can be read: hosts\.facts: 1 rows hold no JSON$/],
  [`UPDATE event_subjects SET subject = 'x'`, /: event_subjects\.subject: 1 rows hold no JSON$/],
  ['CREATE TABLE events_1 (a)', /: events_1 is a table that is not listed$/],
  [
    'INSERT INTO event_days VALUES (1, 0)',
    /: (events_1 is listed, but there is no such table|no such table: events_1)/,
  ],
  ['DELETE FROM host_numbers', /: events_\d+: 1 events of unknown machines$/],
  ['DELETE FROM event_subjects', /: events_\d+: 1 unknown subjects of events$/],
];

test('what does not fit together is found', async (context) => {
  const bytes = readFileSync(await usedStore(context));
  const storePath = join(temporaryFolder(context), 'spoiled.db');
  for (const [statement, line] of SPOILED) {
    writeFileSync(storePath, bytes);
    spoil(storePath, statement);
    const { exitCode, lines } = await look(storePath);
    assert.equal(exitCode, 1, statement);
    assert.ok(
      lines.some((said) => line.test(said)),
      `${statement}: ${lines.join('\n')}`,
    );
  }
});

test('a damaged page is found', async (context) => {
  const storePath = await usedStore(context);
  const bytes = readFileSync(storePath);
  // All but the first page, with the header and the list of tables in it.
  bytes.fill(0x5a, 4096 * 3);
  writeFileSync(storePath, bytes);
  const { exitCode, lines } = await look(storePath);
  assert.equal(exitCode, 1);
  assert.ok(lines.some((line) => line.startsWith('fault  ')));
});

test('programs get one object', async (context) => {
  const storePath = await usedStore(context);
  spoil(storePath, 'UPDATE hosts SET listeners = 7');
  const { exitCode, lines } = await look(storePath, true);
  assert.deepEqual([exitCode, lines.length], [1, 1]);
  const { isSound, checks } = JSON.parse(lines[0] ?? '') as {
    readonly isSound: boolean;
    readonly checks: readonly { readonly what: string; readonly faults: readonly string[] }[];
  };
  assert.equal(isSound, false);
  assert.deepEqual(
    checks.map(({ faults }) => faults.length),
    [0, 0, 1, 0],
  );
});

test('a store that cannot be looked into ends with 2, one that is damaged from its first byte with 1', async (context) => {
  const folder = temporaryFolder(context);
  await assert.rejects(look(join(folder, 'none.db')), {
    exitCode: 2,
    message: /cannot look into the store .*none\.db/,
  });
  const damaged = join(folder, 'damaged.db');
  writeFileSync(damaged, Buffer.alloc(8_192, 'nonsense'));
  const { exitCode, lines } = await look(damaged);
  assert.equal(exitCode, 1);
  assert.match(
    lines[0] ?? '',
    /^fault {2}the store can be opened and read: file is not a database; .*restore a backup/,
  );
});
