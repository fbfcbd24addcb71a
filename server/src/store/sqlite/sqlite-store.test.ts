import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { drift, DRIFT_ID, HOST_ID, ladder, LADDER_ID, snapshot } from '../../../test/bodies.ts';
import { temporaryFolder } from '../../../test/trial-server.ts';
import { openStore } from '../open-store.ts';
import { StoreFault } from '../store-fault.ts';
import { storeSuite } from '../store.suite.ts';
import { MIGRATIONS } from './migrations.ts';

storeSuite('SQLite', (context) => {
  const store = openStore(join(temporaryFolder(context), 'portlight.db'));
  context.after(() => store.close());
  return Promise.resolve(store);
});

test('the file is for the server’s user only', async (context) => {
  const path = join(temporaryFolder(context), 'portlight.db');
  await openStore(path).close();
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a file of a newer version is refused and not touched', async (context) => {
  const path = join(temporaryFolder(context), 'portlight.db');
  await openStore(path).close();
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  database.close();
  assert.throws(() => openStore(path), /its schema is \d+, this version knows \d+ at most/);
});

test('another program’s database is refused', (context) => {
  const path = join(temporaryFolder(context), 'other.db');
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE theirs (a)');
  database.close();
  assert.throws(() => openStore(path), /it belongs to another program/);
});

test('a damaged file is reported with what to do and not overwritten', (context) => {
  const path = join(temporaryFolder(context), 'portlight.db');
  const bytes = Buffer.alloc(8_192, 'no database');
  writeFileSync(path, bytes);
  assert.throws(
    () => openStore(path),
    (fault: unknown) =>
      fault instanceof StoreFault && fault.kind === 'damaged' && fault.remedy.includes('restore a backup'),
  );
  assert.ok(readFileSync(path).equals(bytes));
});

test('reads do not wait for a transaction under way', async (context) => {
  const store = openStore(join(temporaryFolder(context), 'portlight.db'));
  context.after(() => store.close());
  await store.commit(async (writer) => {
    await writer.saveToken('machine-1', 'hash', 1);
    assert.equal(await store.reader.hostOfToken('hash'), null);
  });
  assert.equal(await store.reader.hostOfToken('hash'), 'machine-1');
});

test('a file of the first schema keeps its findings, as open rows', async (context) => {
  const path = join(temporaryFolder(context), 'portlight.db');
  const database = new DatabaseSync(path);
  database.exec(`${MIGRATIONS[0] ?? ''}; PRAGMA user_version = 1; PRAGMA application_id = 0x504c4954`);
  const older = without('groupId', ladder({ since: '2026-11-23T15:16:00.123Z' }));
  const { host, agent, coverage, kernel } = snapshot();
  const row = {
    ...{ id: HOST_ID, name: 'web-01', host_group: 'web', facts: JSON.stringify({ host, agent, coverage, kernel }) },
    ...{
      findings: JSON.stringify([drift(), older]),
      digest: 'd',
      live_token: 't',
      push_address: null,
      taken_at: 5_000,
    },
    ...{ first_seen_at: 1, has_left: 0, host_namespace: null, listeners: 0, tcp: 0, udp: 0, unattributed: 0 },
    ...{ on_loopback: 0, on_private: 0, on_public: 0, on_any: 0, critical: 2, warning: 0, notice: 0 },
  };
  const names = Object.keys(row);
  const insert = `INSERT INTO hosts (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
  database.prepare(insert).run(...Object.values(row));
  database.close();
  const store = openStore(path);
  context.after(() => store.close());
  const machine = await store.reader.machine(HOST_ID);
  assert.equal(machine?.host.worstKind, 'ladder');
  assert.deepEqual(
    new Map(machine.findings.map((finding) => [finding.id, finding])),
    new Map<string, unknown>([
      [DRIFT_ID, drift()],
      [LADDER_ID, older],
    ]),
  );
  // One that knew no groups yet is a group of its own.
  const group = await store.reader.findingGroup(LADDER_ID);
  assert.deepEqual(
    [group?.place.id, group?.members.map(({ since, closedAt }) => [since, closedAt])],
    [LADDER_ID, [['2026-11-23T15:16:00.123Z', null]]],
  );
});

function without(name: string, facts: object): object {
  return Object.fromEntries(Object.entries(facts).filter(([key]) => key !== name));
}
