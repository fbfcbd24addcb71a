import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { TRIAL_KINDS, trialDatabase } from '../../test/trial-postgres.ts';
import { temporaryFolder } from '../../test/trial-server.ts';
import type { StoreConfig } from '../config.ts';
import { dumpTables, fixedTables } from '../store/copy/dump-tables.ts';
import { KEPT_EVENTS } from '../store/copy/kept-tables.ts';
import { loadTables } from '../store/copy/load-tables.ts';
import { openToFill, openToRead } from '../store/copy/open-tables.ts';
import type { TableRows, Value } from '../store/copy/table-rows.ts';
import { backup } from './backup.ts';
import { restore } from './restore.ts';

const NEVER = new AbortController().signal;
/** Texts that break what does not quote, count or encode them right. */
const TEXTS = [
  '',
  'plain',
  '"quoted"\\',
  'line\nbreak\r\t',
  '\u0000\u0001\u007f',
  '\u2028\u202e',
  '🚢',
  `{"end":1}`,
  '\ufeff',
];
/** More than are read at once. */
const ROWS = 1_100;

function at(path: string): StoreConfig {
  return { store: { kind: 'sqlite', path } };
}

/** A field that fits, another one in each row; keys differ in each. */
function field(column: string, type: string, row: number): Value {
  if (type === 'text') return `${TEXTS[row % TEXTS.length] ?? ''}${row}`;
  return column === 'hash' ? 2 ** 52 - row : row;
}

function rowsOf(table: string, columns: Readonly<Record<string, string>>, count: number): TableRows {
  const types = Object.entries(columns);
  const rows = Array.from({ length: count }, (_, row) => types.map(([column, type]) => field(column, type, row)));
  return { table, columns: Object.keys(columns), rows };
}

/** Every table, filled. */
async function* everything(): AsyncGenerator<TableRows> {
  for (const { table, columns } of fixedTables()) {
    if (table === 'event_days')
      yield {
        table,
        columns: ['day', 'strays'],
        rows: [
          [20_416, 0],
          [20_417, 1],
        ],
      };
    else if (table === 'handed_revision') yield { table, columns: ['id', 'revision'], rows: [[1, 7]] };
    else yield await Promise.resolve(rowsOf(table, columns, ROWS));
  }
  for (const table of ['events_20416', 'events_20417']) yield rowsOf(table, KEPT_EVENTS.columns, ROWS);
}

async function filledStore(folder: string, name = 'filled.db'): Promise<string> {
  const storePath = join(folder, name);
  const store = await openToFill(at(storePath).store);
  await store.change((queries) => loadTables(queries, everything(), () => undefined));
  await store.close();
  return storePath;
}

async function collect(parts: AsyncIterable<TableRows>): Promise<readonly TableRows[]> {
  const all: TableRows[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

async function allRows(storePath: string): Promise<readonly TableRows[]> {
  const store = await openToRead(at(storePath).store);
  const parts = await store.read((queries) => collect(dumpTables(queries)));
  await store.close();
  return parts;
}

async function filledBackup(context: TestContext) {
  const folder = temporaryFolder(context);
  const storePath = await filledStore(folder);
  const file = join(folder, 'backup.zst');
  const said = await backup(at(storePath), file, NEVER);
  return { folder, storePath, file, said };
}

test('what is restored is what was there, byte for byte', async (context) => {
  const { folder, storePath, file, said } = await filledBackup(context);
  const other = join(folder, 'new', 'restored.db');
  const rows = fixedTables().length * ROWS - 2 * ROWS + 3 + 2 * ROWS;
  assert.equal(said, `${file}: ${rows} rows in ${statSync(file).size} bytes`);
  assert.match(await restore(at(other), file, NEVER), new RegExp(`^${other}: ${rows} rows of 20`));
  assert.deepEqual(await allRows(other), await allRows(storePath));
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(other).mode & 0o777, 0o600);
});

/** Texts with the one character that PostgreSQL cannot keep: nothing of the kind is taken in from an agent. */
function withoutZero(part: TableRows): TableRows {
  const plain = (value: Value): Value => (typeof value === 'string' ? value.replaceAll('\u0000', '') : value);
  return { ...part, rows: part.rows.map((row) => row.map(plain)) };
}

for (const kind of TRIAL_KINDS) {
  test(`a store moves from SQLite to PostgreSQL ${kind} and back`, async (context) => {
    const folder = temporaryFolder(context);
    const from = at(join(folder, 'from.db'));
    const store = await openToFill(from.store);
    const parts = async function* () {
      for await (const part of everything()) yield withoutZero(part);
    };
    await store.change((queries) => loadTables(queries, parts(), () => undefined));
    await store.close();
    const between = { store: { kind: 'postgres', url: await trialDatabase(context, kind) } } as const;
    const back = at(join(folder, 'back.db'));
    await backup(from, join(folder, 'there.zst'), NEVER);
    await restore(between, join(folder, 'there.zst'), NEVER);
    await assert.rejects(restore(between, join(folder, 'there.zst'), NEVER), /is not empty, it has hosts/);
    await backup(between, join(folder, 'back.zst'), NEVER);
    await restore(back, join(folder, 'back.zst'), NEVER);
    assert.deepEqual(await allRows(join(folder, 'back.db')), await allRows(join(folder, 'from.db')));
  });
}

test('a backup is of one moment, though the store is written meanwhile', async (context) => {
  const folder = temporaryFolder(context);
  const storePath = await filledStore(folder);
  const before = await allRows(storePath);
  const writing = await openToFill(at(storePath).store);
  const copying = backup(at(storePath), join(folder, 'backup.zst'), NEVER);
  let turns = 0;
  const copied = copying.then(() => true);
  const soon = (): Promise<boolean> => new Promise((resolve) => setImmediate(resolve, false));
  while (!(await Promise.race([copied, soon()]))) {
    turns += 1;
    await writing.change((queries) => queries.deleteFrom('gaps').where('from_at', '=', turns).execute());
  }
  await writing.close();
  assert.ok(turns > 1, 'nothing was written meanwhile');
  await restore(at(join(folder, 'restored.db')), join(folder, 'backup.zst'), NEVER);
  const restored = await allRows(join(folder, 'restored.db'));
  const gone = rowCount(before, 'gaps') - rowCount(restored, 'gaps');
  assert.ok(gone < turns, `${gone} of ${turns}`);
  assert.equal(rowCount(restored, 'hosts'), ROWS);
});

function rowCount(parts: readonly TableRows[], table: string): number {
  return parts.filter((part) => part.table === table).reduce((count, { rows }) => count + rows.length, 0);
}

test('a backup replaces nothing, and of one that is interrupted nothing is left', async (context) => {
  const { folder, storePath, file } = await filledBackup(context);
  const bytes = readFileSync(file);
  await assert.rejects(
    backup(at(storePath), file, NEVER),
    /backup\.zst exists already; give another name or remove it$/,
  );
  assert.ok(readFileSync(file).equals(bytes));
  const other = join(folder, 'other.zst');
  await assert.rejects(backup(at(storePath), other, AbortSignal.abort()), /interrupted; nothing is left of it$/);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('other')),
    [],
  );
});

test('only an empty store is filled', async (context) => {
  const { storePath, file } = await filledBackup(context);
  const before = await allRows(storePath);
  await assert.rejects(
    restore(at(storePath), file, NEVER),
    /is not empty, it has hosts, .*; restore into a new one, as --store sqlite:PATH/,
  );
  assert.deepEqual(await allRows(storePath), before);
});

test('a store that only a server’s first start has touched counts as empty', async (context) => {
  const { folder, storePath, file } = await filledBackup(context);
  const started = join(folder, 'started.db');
  const store = await openToFill(at(started).store);
  await store.change(async (queries) => {
    await queries.insertInto('secrets').values({ name: 'session-key', secret: 'another' }).execute();
    await queries.insertInto('leases').values({ name: 'x', holder: 'y', until: 1, cursor: '' }).execute();
  });
  await store.close();
  await restore(at(started), file, NEVER);
  assert.deepEqual(await allRows(started), await allRows(storePath));
});

/** What was done to the file, or to the text in it. */
const ALTERED: readonly (readonly [string, (bytes: Buffer) => Buffer, RegExp])[] = [
  ['cut in the middle', (bytes) => bytes.subarray(0, bytes.length / 2), /is damaged: .*use another backup$/],
  // The very last bytes are the compression's own checksum: without them nothing of ours is missing.
  ['cut near its end', (bytes) => bytes.subarray(0, -20), /is damaged/],
  ['without its last line', inText((text) => text.slice(0, text.lastIndexOf('{"end"'))), /its end is missing/],
  ['ending in the middle of a line', inText((text) => text.slice(0, -3)), /ends in the middle of a line/],
  ['with another digit', inText((text) => text.replace('[20417,1]', '[20417,0]')), /its checksum is another/],
  ['with a row less', inText((text) => text.replace('[20417,1]\n', '')), /its checksum is another/],
  ['with a line more', inText((text) => `${text}[1]\n`), /something follows its end/],
  ['with a line of another kind', inText((text) => text.replace('[20417,1]', 'true')), /a line that no backup has/],
  [
    'of another version',
    inText((text) => text.replace('"version":1', '"version":2')),
    /is no backup that this version/,
  ],
  [
    'of another schema',
    inText((text) => text.replace(/"schema":\d+/, '"schema":999')),
    /its schema is 999, .* a newer one$/,
  ],
  ['of another program', () => Buffer.from('SQLite format 3'), /is damaged: it cannot be decompressed/],
  [
    'compressed, but of another program',
    () => zstdCompressSync('hello\n'),
    /is no backup that this version understands/,
  ],
  ['with a flipped bit', (bytes) => flipped(bytes), /is damaged/],
  ['empty', () => Buffer.alloc(0), /is damaged/],
];

function inText(change: (text: string) => string): (bytes: Buffer) => Buffer {
  return (bytes) => {
    const text = zstdDecompressSync(bytes).toString('utf8');
    const changed = change(text);
    assert.notEqual(changed, text);
    return zstdCompressSync(changed);
  };
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 4;
  return copy;
}

test('a file that is not as it was written is refused before there is a store', async (context) => {
  const { folder, file } = await filledBackup(context);
  const bytes = readFileSync(file);
  for (const [what, alter, message] of ALTERED) {
    const altered = join(folder, 'altered.zst');
    writeFileSync(altered, alter(bytes));
    const storePath = join(folder, 'restored.db');
    await assert.rejects(restore(at(storePath), altered, NEVER), message, what);
    assert.equal(existsSync(storePath), false, what);
  }
});

test('a file that names other tables than there are leaves nothing in the store', async (context) => {
  const { folder, storePath: from } = await filledBackup(context);
  const store = await openToFill(at(join(folder, 'restored.db')).store);
  for (const table of ['sqlite_schema', 'events_1; drop table hosts', 'leases']) {
    const parts = (async function* () {
      yield* everything();
      yield await Promise.resolve({ table, columns: ['a'], rows: [[1]] });
    })();
    await assert.rejects(
      store.change((queries) => loadTables(queries, parts, () => undefined)),
      /there is no table/,
    );
  }
  const rows = await store.read((queries) => collect(dumpTables(queries)));
  assert.equal(rowCount(rows, 'hosts'), 0);
  await store.close();
  assert.equal(rowCount(await allRows(from), 'hosts'), ROWS);
});

test('a store that is not there is not made by a backup of it', async (context) => {
  const folder = temporaryFolder(context);
  const storePath = join(folder, 'none.db');
  await assert.rejects(
    backup(at(storePath), join(folder, 'copy'), NEVER),
    /cannot use the store .*none\.db: there is no/,
  );
  await assert.rejects(restore(at(storePath), join(folder, 'copy'), NEVER), /cannot read .*copy: ENOENT/);
  assert.deepEqual(readdirSync(folder), []);
});
