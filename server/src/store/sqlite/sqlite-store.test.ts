import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { drift, DRIFT_ID, HOST_ID, ladder, LADDER_ID, snapshot } from '../../../test/bodies.ts';
import { temporaryFolder } from '../../../test/trial-server.ts';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';
import { StoreFault } from '../store-fault.ts';
import { storeSuite } from '../store.suite.ts';
import { MIGRATIONS } from './migrations.ts';

/** The file as a store. */
function open(path: string): Promise<Store> {
  return openStore({ kind: 'sqlite', path });
}

storeSuite('SQLite', async (context) => {
  const store = await open(join(temporaryFolder(context), 'portlight.db'));
  context.after(() => store.close());
  return store;
});

test('the file is for the server’s user only', async (context) => {
  const path = join(temporaryFolder(context), 'portlight.db');
  await (await open(path)).close();
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a file of a newer version is refused and not touched', async (context) => {
  const path = join(temporaryFolder(context), 'portlight.db');
  await (await open(path)).close();
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  database.close();
  await assert.rejects(open(path), /its schema is \d+, this version knows \d+ at most/);
});

test('another program’s database is refused', async (context) => {
  const path = join(temporaryFolder(context), 'other.db');
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE theirs (a)');
  database.close();
  await assert.rejects(open(path), /it belongs to another program/);
});

test('a damaged file is reported with what to do and not overwritten', async (context) => {
  const path = join(temporaryFolder(context), 'portlight.db');
  const bytes = Buffer.alloc(8_192, 'no database');
  writeFileSync(path, bytes);
  await assert.rejects(
    open(path),
    (fault: unknown) =>
      fault instanceof StoreFault && fault.kind === 'damaged' && fault.remedy.includes('restore a backup'),
  );
  assert.ok(readFileSync(path).equals(bytes));
});

test('reads do not wait for a transaction under way', async (context) => {
  const store = await open(join(temporaryFolder(context), 'portlight.db'));
  context.after(() => store.close());
  await store.commit(async (writer) => {
    await writer.addExpectations({ at: 1, by: 'ann', document: { format: 1, services: [] } });
    assert.equal(await store.reader.expectations(), null);
  });
  assert.equal((await store.reader.expectations())?.by, 'ann');
});

test('a file of the first schema keeps its findings, as open rows', async (context) => {
  const path = join(temporaryFolder(context), 'portlight.db');
  const database = new DatabaseSync(path);
  database.exec(`${String(MIGRATIONS[0])}; PRAGMA user_version = 1; PRAGMA application_id = 0x504c4954`);
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
  const store = await open(path);
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

test('a file of the third schema keeps its events, each once', async (context) => {
  const path = join(temporaryFolder(context), 'portlight.db');
  const database = new DatabaseSync(path);
  for (const step of MIGRATIONS.slice(0, 3)) if (typeof step === 'string') database.exec(step);
  database.exec('PRAGMA user_version = 3; PRAGMA application_id = 0x504c4954');
  const at = Date.parse('2026-11-23T23:59:59.500Z');
  const row = {
    ...{ host: HOST_ID, received_at: at + 100, kind: 'opened', protocol: 'tcp', address: '127.0.0.1', port: 3000 },
    ...{ network_namespace: '4026531840', inode: '90001', holders: 2, agent_started_at: at - 60_000 },
  };
  const process = { pid: 7, start_ticks: 12, process_started_at: at - 50, program: 'node', command_line: '["node"]' };
  const rows = [
    { ...row, ...process, at, detail: 'first', agent_event_id: 1 },
    { ...row, ...process, at: at + 1_000, detail: null, agent_event_id: 2 },
    { ...row, at: at + 2_000, pid: null, detail: 'seen across a gap', agent_event_id: null },
  ];
  for (const one of rows) {
    const names = Object.keys(one);
    const insert = `INSERT INTO events (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    database.prepare(insert).run(...Object.values(one));
  }
  database.close();
  const store = await open(path);
  context.after(() => store.close());
  const range = { from: 0, to: Number.MAX_SAFE_INTEGER, before: null, limit: 10 };
  const events = await store.reader.events(HOST_ID, range);
  assert.deepEqual(
    events.map((event) => [Date.parse(event.at), event.detail, event.holder?.program ?? null, event.place.id]),
    [
      [at + 2_000, 'seen across a gap', null, -3],
      [at + 1_000, null, 'node', 2],
      [at, 'first', 'node', 1],
    ],
  );
  assert.deepEqual(events[2]?.holder, {
    ...{ pid: 7, startTicks: 12, startedAt: new Date(at - 50).toISOString(), program: 'node', commandLine: ['node'] },
  });
  assert.equal(events[2].agentStartedAt, new Date(at - 60_000).toISOString());
});

function without(name: string, facts: object): object {
  return Object.fromEntries(Object.entries(facts).filter(([key]) => key !== name));
}
