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
