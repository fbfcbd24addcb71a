import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Exposure } from '../contract.ts';
import { addressWords, exposureOf, parseHexAddress } from './net-address.ts';

const ADDRESSES: readonly (readonly [string, string, Exposure])[] = [
  ['00000000', '0.0.0.0', 'any'],
  ['0100007F', '127.0.0.1', 'loopback'],
  ['3500007F', '127.0.0.53', 'loopback'],
  ['0500000A', '10.0.0.5', 'private'],
  ['0101A8C0', '192.168.1.1', 'private'],
  ['010010AC', '172.16.0.1', 'private'],
  ['010020AC', '172.32.0.1', 'public'],
  ['01004064', '100.64.0.1', 'private'],
  ['01008064', '100.128.0.1', 'public'],
  ['0100FEA9', '169.254.0.1', 'private'],
  ['08080808', '8.8.8.8', 'public'],
  ['00000000000000000000000000000000', '::', 'any'],
  ['00000000000000000000000001000000', '::1', 'loopback'],
  ['0000000000000000FFFF00000100007F', '::ffff:127.0.0.1', 'loopback'],
  ['0000000000000000FFFF000000000000', '::ffff:0.0.0.0', 'any'],
  ['0000000000000000FFFF000008080808', '::ffff:8.8.8.8', 'public'],
  ['000080FE00000000FFADE15609667CFE', 'fe80::56e1:adff:fe7c:6609', 'private'],
  ['000000FD000000000000000001000000', 'fd00::1', 'private'],
  ['4500032000BE692B8AE31EBD919D9D10', '2003:45:2b69:be00:bd1e:e38a:109d:9d91', 'public'],
  ['000002FF0000000000000000FB000000', 'ff02::fb', 'public'],
];
const wordsOf = (hex: string) => (hex.match(/.{8}/g) ?? []).map((word) => Number.parseInt(word, 16));
for (const [hex, address, exposure] of ADDRESSES) {
  test(`${hex} is ${address}, ${exposure}`, () => {
    assert.deepEqual([parseHexAddress(hex), exposureOf(address)], [address, exposure]);
    assert.deepEqual(addressWords(address), wordsOf(hex));
  });
}

test('any address goes back to the words it was read from', () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(fc.oneof(fc.tuple(word), fc.tuple(word, word, word, word)), (words) => {
      const hex = words.map((one) => one.toString(16).toUpperCase().padStart(8, '0')).join('');
      assert.deepEqual(addressWords(parseHexAddress(hex)), words);
    }),
  );
});

test('RFC 5952: the first of two equal runs of zeros is shortened, a single zero is not', () => {
  assert.equal(parseHexAddress('B80D0120000000000000010001000000'), '2001:db8::1:0:0:1');
  assert.equal(parseHexAddress('B80D0120010000000100010001000100'), '2001:db8:0:1:1:1:1:1');
});

test('IPv6 text is what a URL parser makes of it: the shortest form', () => {
  const word = fc.constantFrom('00000000', '00000100', '01000000', 'FFFF0000', 'B80D0120', '08080808');
  fc.assert(
    fc.property(fc.array(word, { minLength: 4, maxLength: 4 }), (words) => {
      const address = parseHexAddress(words.join(''));
      assert.deepEqual(addressWords(address), wordsOf(words.join('')));
      assert.equal(isIP(address), 6);
      if (!address.includes('.')) assert.equal(new URL(`http://[${address}]/`).hostname, `[${address}]`);
    }),
  );
});
