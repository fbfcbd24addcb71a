import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetworkList } from './addresses.ts';
import { clientAddress } from './client-address.ts';

const TRUSTED = new NetworkList([
  { address: '10.0.0.0', prefix: 8 },
  { address: '2001:db8:1::', prefix: 48 },
]);
const PROXY = '10.0.0.1';

const CASES: readonly (readonly [string, string, Readonly<Record<string, string>>, string])[] = [
  ['a direct connection is where it comes from', '192.0.2.9', {}, '192.0.2.9'],
  ['an address seen through an IPv6 socket is the IPv4 one', '::ffff:192.0.2.9', {}, '192.0.2.9'],
  ['a stranger’s header says nothing', '192.0.2.9', { 'x-forwarded-for': '203.0.113.7' }, '192.0.2.9'],
  ['a proxy that forwards nothing is itself', PROXY, {}, PROXY],
  ['a trusted proxy is believed', PROXY, { 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
  ['an IPv4-mapped proxy is trusted', `::ffff:${PROXY}`, { 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
  ['the client’s own words come before', PROXY, { 'x-forwarded-for': '1.2.3.4, 203.0.113.7' }, '203.0.113.7'],
  ['a chain of proxies is followed', PROXY, { 'x-forwarded-for': '1.2.3.4, 203.0.113.7,10.9.9.9' }, '203.0.113.7'],
  ['only proxies: the first of them', PROXY, { 'x-forwarded-for': '10.1.1.1, 10.2.2.2' }, '10.1.1.1'],
  ['ports are left out', PROXY, { 'x-forwarded-for': '203.0.113.7:4711' }, '203.0.113.7'],
  ['IPv6 with a port', PROXY, { 'x-forwarded-for': '[2001:DB8:2::7]:4711' }, '2001:db8:2::7'],
  ['bare IPv6', '2001:db8:1::1', { 'x-forwarded-for': '2001:db8:2::7' }, '2001:db8:2::7'],
  ['what is no address ends it', PROXY, { 'x-forwarded-for': '203.0.113.7, unknown, 10.2.2.2' }, '10.2.2.2'],
  ['nonsense', PROXY, { 'x-forwarded-for': ',,"; drop' }, PROXY],
  ['the standard header', PROXY, { forwarded: 'for=1.2.3.4, proto=https;For="[2001:db8:2::7]:4711"' }, '2001:db8:2::7'],
  ['the standard header without an address', PROXY, { forwarded: 'for=203.0.113.7, proto=https' }, PROXY],
  ['a made-up name', PROXY, { forwarded: 'for=_hidden' }, PROXY],
  ['both agree', PROXY, { forwarded: 'for=203.0.113.7', 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
  ['both differ: neither', PROXY, { forwarded: 'for=1.2.3.4', 'x-forwarded-for': '203.0.113.7' }, PROXY],
];

for (const [what, peer, headers, expected] of CASES) {
  test(`${what}: ${expected}`, () => {
    assert.equal(clientAddress(peer, headers, TRUSTED), expected);
  });
}
