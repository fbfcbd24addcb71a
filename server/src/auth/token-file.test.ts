import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, parseTokens } from './token-file.ts';

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

for (const line of ['short', 'name:short', `name:${SECRET}:someday`, `two words ${SECRET}`]) {
  test(`the line "${line}" is refused by its number, without the token`, () => {
    assert.throws(
      () => parseTokens(`# first\n${line}\n`),
      (error: Error) => error.message.startsWith('line 2: expected') && !error.message.includes(SECRET),
    );
  });
}
