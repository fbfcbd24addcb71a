import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openProcRoot } from './proc-root.ts';

const folder = mkdtempSync(join(tmpdir(), 'portlight-proc-'));
test.after(() => rmSync(folder, { recursive: true }));
const root = openProcRoot(folder);

test('a file is read to its end, whatever its size', () => {
  for (const size of [0, 1, 65_535, 65_536, 65_537, 3_000_000, 10]) {
    const bytes = Buffer.alloc(size, 'abcdefg');
    writeFileSync(join(folder, 'file'), bytes);
    assert.deepEqual(root.bytes('file'), { kind: 'bytes', bytes });
  }
});

test('no more is read than asked for', () => {
  writeFileSync(join(folder, 'long'), 'abcdef');
  assert.deepEqual(root.bytes('long', 3), { kind: 'bytes', bytes: Buffer.from('abc') });
});

test('what one read returned stays as it is when the next file is read', () => {
  writeFileSync(join(folder, 'first'), 'first');
  writeFileSync(join(folder, 'second'), 'SECOND');
  const first = root.bytes('first');
  root.bytes('second');
  assert.deepEqual(first, { kind: 'bytes', bytes: Buffer.from('first') });
});

test('a file of /proc, which has no size and comes in pages, is read whole', () => {
  const read = openProcRoot('/proc').bytes('kallsyms');
  assert.ok(read.kind !== 'bytes' || read.bytes.length > 65_536);
});

test('a file of any size comes in pieces of whole lines, a longer line alone in several', () => {
  const lines = ['short', '', 'x'.repeat(65_000), 'y'.repeat(200_000), 'after', 'z'.repeat(65_535), 'no line feed'];
  const text = lines.join('\n');
  writeFileSync(join(folder, 'lines'), text);
  const pieces: string[] = [];
  const read = root.lines('lines', (piece) => pieces.push(piece.toString()) > 0);
  assert.deepEqual([read, pieces.join('')], [{ kind: 'read' }, text]);
  const broken = pieces.slice(0, -1).filter((piece) => !piece.endsWith('\n'));
  assert.ok(
    broken.every((piece) => /^y+$/.test(piece)),
    'none but the line that is longer than a piece is broken',
  );
});

test('no more lines are read once enough were', () => {
  writeFileSync(join(folder, 'lines'), 'line\n'.repeat(100_000));
  let bytes = 0;
  root.lines('lines', (piece) => (bytes += piece.length) < 70_000);
  assert.ok(bytes >= 70_000 && bytes < 140_000, String(bytes));
});

test('lines of an empty file, and of one that is missing or may not be read', () => {
  writeFileSync(join(folder, 'lines'), '');
  const fail = () => assert.fail('there is no line');
  assert.deepEqual(root.lines('lines', fail), { kind: 'read' });
  assert.deepEqual(root.lines('none', fail), { kind: 'gone' });
  assert.deepEqual(root.lines('.', fail), { kind: 'failed', code: 'EISDIR' });
});

test('a link has its target, dangling and invalid UTF-8 included', () => {
  symlinkSync(Buffer.from([0x73, 0xff]), join(folder, 'link'));
  assert.deepEqual(root.link('link'), { kind: 'link', target: 's\uFFFD' });
});

test('what is missing is gone, and what is no file is a fault with its code', () => {
  mkdirSync(join(folder, 'folder'));
  assert.deepEqual([root.bytes('none').kind, root.link('none').kind, root.list('none').kind], ['gone', 'gone', 'gone']);
  assert.deepEqual(root.bytes('folder'), { kind: 'failed', code: 'EISDIR' });
  assert.deepEqual(root.link('folder'), { kind: 'failed', code: 'EINVAL' });
  assert.deepEqual(root.list('folder'), { kind: 'names', names: [] });
});
