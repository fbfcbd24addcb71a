import assert from 'node:assert/strict';
import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/trial-server.ts';
import { hashOf, parseTokens, TokenFile } from './token-file.ts';

const SECRET = '0123456789abcdef';

test('a line is a name with a token and an expiry, or a bare token', () => {
  const text = `# ours\n\n${SECRET}\nci:${SECRET} # the pipeline\r\nold:${SECRET}:2026-12-31T12:00:00Z\n`;
  const tokens = parseTokens(text).map(({ name, hash, expiresAt }) => [name, hash.equals(hashOf(SECRET)), expiresAt]);
  assert.deepEqual(tokens, [
    [null, true, null],
    ['ci', true, null],
    ['old', true, Date.UTC(2026, 11, 31, 12)],
  ]);
});

const BAD_LINES = [
  'short',
  'name:short',
  `name:${SECRET}:someday`,
  `name:${SECRET}:1`,
  `name:${SECRET}:`,
  `a b ${SECRET}`,
];
for (const line of BAD_LINES) {
  test(`the line "${line}" is refused by its number, without the token`, () => {
    assert.throws(
      () => parseTokens(`# first\n${line}\n`),
      (error: Error) => error.message.startsWith('line 2: expected') && !error.message.includes(SECRET),
    );
  });
}

const OTHER = 'fedcba9876543210';

test('a file is read again when it is written over, even at once and as long as before', (context) => {
  const path = join(temporaryFolder(context), 'tokens');
  writeFileSync(path, `${SECRET}\n`);
  const file = new TokenFile(path);
  assert.notEqual(file.find(SECRET, 0), null);
  const { atime, mtime } = statSync(path);
  writeFileSync(path, `${OTHER}\n`);
  utimesSync(path, atime, mtime);
  assert.deepEqual([file.find(SECRET, 0), file.find(OTHER, 0)?.name], [null, null]);
});

test('a file that another one takes the place of is read again', (context) => {
  const path = join(temporaryFolder(context), 'tokens');
  writeFileSync(path, `old:${SECRET}\n`);
  const file = new TokenFile(path);
  assert.equal(file.find(SECRET, 0)?.name, 'old');
  writeFileSync(`${path}.new`, `new:${SECRET}\n`);
  renameSync(`${path}.new`, path);
  assert.equal(file.find(SECRET, 0)?.name, 'new');
});

test('a file that goes away or is spoilt lets nobody in until it is mended', (context) => {
  const path = join(temporaryFolder(context), 'tokens');
  writeFileSync(path, `${SECRET}\n`);
  const file = new TokenFile(path);
  assert.notEqual(file.find(SECRET, 0), null);
  rmSync(path);
  assert.throws(() => file.find(SECRET, 0), /ENOENT/);
  writeFileSync(path, `${SECRET}\nspoilt\n`);
  assert.throws(() => file.find(SECRET, 0), /line 2: expected/);
  assert.throws(() => file.find(SECRET, 0), /line 2: expected/);
  writeFileSync(path, `${SECRET}\n`);
  assert.notEqual(file.find(SECRET, 0), null);
});

test('a token is good until the moment it expires', (context) => {
  const path = join(temporaryFolder(context), 'tokens');
  writeFileSync(path, `ci:${SECRET}:2026-12-31\n`);
  const file = new TokenFile(path);
  const end = Date.UTC(2026, 11, 31);
  assert.deepEqual([file.find(SECRET, end - 1)?.expiresAt, file.find(SECRET, end)], [end, null]);
});
