import assert from 'node:assert/strict';
import test from 'node:test';
import { visibleText } from './visible-text.ts';

const cases = [
  ['ordinary text stays', 'node /srv/web/server.js --port=3000', 'node /srv/web/server.js --port=3000'],
  ['other scripts stay', 'bäckerei 服务器 сервер', 'bäckerei 服务器 сервер'],
  ['markup stays, as text', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['a bidi override is shown', 'gpj\u202egnp.exe', 'gpj\\u202egnp.exe'],
  ['line breaks and escapes are shown', 'a\nb\u001b[31mc\u0000', 'a\\u000ab\\u001b[31mc\\u0000'],
  ['line and paragraph separators are shown', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ['zero-width characters are shown', 'no\u200bde\ufeff', 'no\\u200bde\\ufeff'],
  ['a character beyond 16 bits is braced', 'a\u{e0041}b', 'a\\u{e0041}b'],
  ['half a surrogate pair is shown', 'a\ud800b', 'a\\ud800b'],
] as const;

for (const [name, text, expected] of cases) {
  test(name, () => {
    assert.equal(visibleText(text), expected);
  });
}
