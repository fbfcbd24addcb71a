import { type Exposure } from '../contract.ts';

/**
 * Address of a row of net/tcp or net/tcp6 in its usual text form (RFC 5952 for IPv6). The kernel prints 32-bit words in
 * host order, so on the little-endian machines we run on the bytes of each word are reversed.
 * @param hex 8 or 32 hexadecimal digits
 */
export function parseHexAddress(hex: string): string {
  return hex.length === 8 ? octetsOf(hex).join('.') : ipv6Text(groupsOf(hex));
}

/** The one or four 32-bit words of an address in text, as the table prints them: undoes {@link parseHexAddress}. */
export function addressWords(address: string): readonly number[] {
  const ipv4 = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)?.slice(1).map(Number) ?? [];
  if (!address.includes(':')) return [wordOf(ipv4)];
  const dottedAt = ipv4.length === 0 ? address.length : address.lastIndexOf(':') + 1;
  const [before = '', after = ''] = address.slice(0, dottedAt).split('::');
  const [head, tail] = [octetsOfGroups(before), [...octetsOfGroups(after), ...ipv4]];
  const octets = [...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail];
  return [0, 4, 8, 12].map((at) => wordOf(octets.slice(at, at + 4)));
}

function wordOf([a = 0, b = 0, c = 0, d = 0]: readonly number[]): number {
  return ((d << 24) | (c << 16) | (b << 8) | a) >>> 0;
}

function octetsOfGroups(text: string): number[] {
  const groups = text.split(':').filter((group) => group !== '');
  return groups.map((group) => Number.parseInt(group, 16)).flatMap((group) => [group >> 8, group & 0xff]);
}

function octetsOf(word: string): number[] {
  return [6, 4, 2, 0].map((at) => Number.parseInt(word.slice(at, at + 2), 16));
}

/** The eight 16-bit groups of an IPv6 address. */
function groupsOf(hex: string): number[] {
  return [0, 8, 16, 24].flatMap((at) => {
    const [a = 0, b = 0, c = 0, d = 0] = octetsOf(hex.slice(at, at + 8));
    return [a * 256 + b, c * 256 + d];
  });
}

function ipv6Text(groups: readonly number[]): string {
  if (isMapped(groups)) return `::ffff:${dotted(groups.slice(6))}`;
  const zeros = longestZeros(groups);
  const text = groups.map((group) => group.toString(16));
  if (zeros.length < 2) return text.join(':');
  return `${text.slice(0, zeros.at).join(':')}::${text.slice(zeros.at + zeros.length).join(':')}`;
}

/** ::ffff:0:0/96, what an IPv6 socket bound to an IPv4 address has (Java's do). */
function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

function dotted(groups: readonly number[]): string {
  return groups.flatMap((group) => [group >> 8, group & 0xff]).join('.');
}

/** The first of the longest runs of zeros: RFC 5952, 4.2.3. */
function longestZeros(groups: readonly number[]): { at: number; length: number } {
  let best = { at: 0, length: 0 };
  for (let at = 0; at < groups.length; at++) {
    const length = zerosFrom(groups, at);
    if (length > best.length) best = { at, length };
  }
  return best;
}

function zerosFrom(groups: readonly number[], at: number): number {
  const end = groups.findIndex((group, index) => index >= at && group !== 0);
  return (end === -1 ? groups.length : end) - at;
}

/** From where a socket bound to this address can be reached. */
export function exposureOf(address: string): Exposure {
  const ipv4 = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  return ipv4.includes('.') ? ipv4Exposure(ipv4) : ipv6Exposure(address);
}

function ipv4Exposure(address: string): Exposure {
  const [a = 0, b = 0] = address.split('.').map(Number);
  if (address === '0.0.0.0') return 'any';
  if (a === 127) return 'loopback';
  return isPrivateIpv4(a, b) ? 'private' : 'public';
}

/** RFC 1918, RFC 6598 (carrier-grade NAT) and RFC 3927 (link-local). */
function isPrivateIpv4(a: number, b: number): boolean {
  if (a === 10) return true;
  if (a === 172) return b >= 16 && b < 32;
  if (a === 192) return b === 168;
  if (a === 169) return b === 254;
  return a === 100 && b >= 64 && b < 128;
}

function ipv6Exposure(address: string): Exposure {
  if (address === '::') return 'any';
  if (address === '::1') return 'loopback';
  const first = Number.parseInt(address, 16);
  const isUniqueLocal = first >> 9 === 0xfc00 >> 9;
  const isLinkLocal = first >> 6 === 0xfe80 >> 6;
  return isUniqueLocal || isLinkLocal ? 'private' : 'public';
}
