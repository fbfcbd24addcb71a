import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openProcRoot, type ProcRoot } from '../proc/proc-root.ts';
import { TableKeeper } from './table-keeper.ts';

const folder = mkdtempSync(join(tmpdir(), 'portlight-tables-'));
test.after(() => rmSync(folder, { recursive: true }));
const write = (text: string) => writeFileSync(join(folder, 'tcp'), text);
const tables = new TableKeeper(openProcRoot(folder));

/** What is there after the first `pieces` pieces. */
function linesOf(root: ProcRoot, pieces = Infinity): string {
  const seen: string[] = [];
  root.lines('tcp', (piece) => seen.push(piece.toString()) < pieces);
  return seen.join('');
}

test('a table that was read to its end is as it was then, until it is read again or forgotten', () => {
  write('then\n');
  assert.equal(linesOf(tables.reading), 'then\n');
  write('now\n');
  assert.equal(linesOf(tables.rereading), 'then\n');
  assert.equal(linesOf(tables.reading), 'now\n');
  assert.equal(linesOf(tables.rereading), 'now\n');
  write('later\n');
  tables.forget();
  assert.equal(linesOf(tables.rereading), 'later\n');
});

test('what was not read to its end, is large or is gone is read anew', () => {
  const large = 'row\n'.repeat(20_000);
  for (const [then, pieces] of [
    ['then\n', 1],
    [large, Infinity],
  ] as const) {
    write(then);
    linesOf(tables.reading, pieces);
    write('now\n');
    assert.equal(linesOf(tables.rereading), 'now\n');
  }
  linesOf(tables.reading);
  rmSync(join(folder, 'tcp'));
  assert.deepEqual(
    tables.reading.lines('tcp', () => true),
    { kind: 'gone' },
  );
  assert.deepEqual(
    tables.rereading.lines('tcp', () => true),
    { kind: 'gone' },
  );
});
