import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isOwnHost } from './host-check.ts';
import { age } from './listener-cells.ts';
import { negotiate, PORTS_MEDIA } from './negotiate.ts';
import { presentsOneOf } from './reader-token.ts';

suite('content negotiation', () => {
  const cases: [string | undefined, ReturnType<typeof negotiate>][] = [
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['text/plain', 'text'],
    ['TEXT/HTML', 'html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html'],
    ['text/plain;q=0.3, text/html;q=0.7', 'html'],
    ['text/plain, application/json', 'text'],
    ['application/json;q=0, text/plain;q=0.1', 'text'],
    ['image/png', null],
    ['image/png, */*;q=0.1', 'json'],
  ];
  for (const [accept, form] of cases) {
    test(`Accept: ${accept ?? '(none)'} gets ${form ?? 'none'}`, () =>
      assert.equal(negotiate(accept, { media: PORTS_MEDIA, preferred: 'json' }), form));
  }
});

suite('the Host header', () => {
  const own = [
    '127.0.0.1',
    '127.0.0.1:9620',
    'localhost:9620',
    '[::1]:9620',
    '10.1.2.3',
    'Web-01:9620',
    'web-01.example.com',
  ];
  for (const host of own)
    test(`${host} names this machine`, () => assert.equal(isOwnHost(host, ['web-01', 'web-01.example.com']), true));
  const foreign = [
    'evil.example',
    'evil.example:9620',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '',
    '[::1',
    undefined,
  ];
  for (const host of foreign)
    test(`${host ?? '(none)'} does not`, () => assert.equal(isOwnHost(host, ['web-01']), false));
});

suite('the reader’s token', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  test('opens as a bearer token or as a password', () => {
    assert.equal(presentsOneOf(['s3cret'], 'Bearer s3cret'), true);
    assert.equal(presentsOneOf(['other', 's3cret'], basic('anyone:s3cret')), true);
  });
  test('nothing else opens', () => {
    for (const header of [
      undefined,
      '',
      'Bearer',
      'Bearer s3cre',
      'Bearer s3cret ',
      'Digest s3cret',
      basic('s3cret:'),
      `Bearer ${'s'.repeat(2000)}`,
    ]) {
      assert.equal(presentsOneOf(['s3cret'], header), false, header);
    }
    assert.equal(presentsOneOf([], 'Bearer s3cret'), false);
  });
});

suite('an age', () => {
  const now = new Date('2026-11-23T12:00:00.000Z');
  const cases: [string | null, string][] = [
    [null, '-'],
    ['2026-11-23T11:59:15.000Z', '45 s'],
    ['2026-11-23T11:27:00.000Z', '33 min'],
    ['2026-11-23T10:22:00.000Z', '1 h 38 min'],
    ['2026-11-17T11:00:00.000Z', '6 d 1 h'],
    ['2026-11-23T13:00:00.000Z', '0 s'],
  ];
  for (const [since, text] of cases)
    test(`since ${since ?? 'unknown'} reads ${text}`, () => assert.equal(age(since, now), text));
});
