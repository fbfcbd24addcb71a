import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
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
