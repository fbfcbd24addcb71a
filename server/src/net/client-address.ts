import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { plainAddress, type NetworkList } from './addresses.ts';

/** Addresses of one request read at most: each proxy adds one. */
const MAX_HOPS = 32;

/**
 * Where a request comes from: the connection's other end, or, when that is a trusted proxy, the last address in what it
 * forwards that is none. Headers of others than trusted proxies say nothing.
 */
export function clientAddress(peer: string, headers: IncomingHttpHeaders, trusted: NetworkList): string {
  const near = plainAddress(peer);
  if (!trusted.has(near)) return near;
  const plain = headers['x-forwarded-for'];
  const standard = headers.forwarded;
  const told = [
    ...(plain === undefined ? [] : [lastUntrusted(near, plainHops(plain), trusted)]),
    ...(standard === undefined ? [] : [lastUntrusted(near, standardHops(standard), trusted)]),
  ];
  // A proxy that writes one of the two may pass on the other as a client made it up.
  return new Set(told).size === 1 ? (told[0] ?? near) : near;
}

/** Read from the last one, which the nearest proxy added; what is no address ends it. */
function lastUntrusted(near: string, hops: readonly (string | null)[], trusted: NetworkList): string {
  let known = near;
  for (const hop of hops.slice(-MAX_HOPS).toReversed()) {
    if (hop === null) return known;
    known = hop;
    if (!trusted.has(hop)) return hop;
  }
  return known;
}

/** `X-Forwarded-For: 203.0.113.7, 10.0.0.2`; several such headers are one list. */
function plainHops(header: string | readonly string[]): readonly (string | null)[] {
  return [header].flat().join(',').split(',').map(readAddress);
}

/** `Forwarded: for=203.0.113.7;proto=https, for="[2001:db8::1]:4711"` (RFC 7239). */
function standardHops(header: string): readonly (string | null)[] {
  return header.split(',').map((element) => {
    const pair = element.split(';').find((part) => /^\s*for=/i.test(part));
    return pair === undefined ? null : readAddress(pair.slice(pair.indexOf('=') + 1));
  });
}

/** Null for what is no address, as `unknown` and names that a proxy made up. */
function readAddress(text: string): string | null {
  const [, bracketed, plain] = /^"?(?:\[([0-9a-f:.%]+)\](?::\d+)?|([^"\s]+))"?$/i.exec(text.trim()) ?? [];
  const withoutPort = plain?.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  const address = plainAddress(bracketed ?? withoutPort ?? '');
  return isIP(address) === 0 ? null : address;
}
