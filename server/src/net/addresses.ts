import { BlockList, isIP, isIPv4 } from 'node:net';

/** A network in CIDR form, split. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
}

/** `::ffff:192.0.2.1` is 192.0.2.1 seen through an IPv6 socket; zone ids name an interface, not an address. */
export function plainAddress(address: string): string {
  const withoutZone = address.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(withoutZone);
  return mapped?.[1] ?? withoutZone;
}

function listOf(networks: readonly string[]): BlockList {
  return blockList(networks.flatMap((text) => parseNetwork(text) ?? []));
}

function blockList(networks: readonly Network[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix } of networks) list.addSubnet(address, prefix, familyOf(address));
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

const LOOPBACK = listOf(['127.0.0.0/8', '::1/128']);

export function isLoopback(host: string): boolean {
  // The usual names first: a block list costs some microseconds, and the gate asks for each request.
  if (host === 'localhost' || host === '127.0.0.1') return true;
  return isWithinList(LOOPBACK, host);
}

/**
 * Never a machine of the fleet: this network, link-local with the clouds' metadata services, their other addresses
 * (Oracle, Alibaba, AWS over IPv6), multicast and broadcast.
 */
const UNREACHABLE = listOf([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '100.100.100.200/32',
  '224.0.0.0/3',
  '::/128',
  'fe80::/10',
  'fd00:ec2::/32',
  'ff00::/8',
]);

export function isNeverATarget(address: string): boolean {
  return isWithinList(UNREACHABLE, address);
}

/** Who counts as one: an IPv4 address, or all 2^64 of an IPv6 network. */
export function attackerOf(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = plain.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}

export function isWildcard(address: string): boolean {
  return ['0.0.0.0', '::'].includes(plainAddress(address));
}

/** Networks that are asked about again and again. */
export class NetworkList {
  private readonly list: BlockList;

  constructor(networks: readonly Network[]) {
    this.list = blockList(networks);
  }

  has(address: string): boolean {
    return isWithinList(this.list, address);
  }
}

export function isWithin(networks: readonly Network[], address: string): boolean {
  return isWithinList(blockList(networks), address);
}

function isWithinList(list: BlockList, address: string): boolean {
  const plain = plainAddress(address);
  return isIP(plain) !== 0 && list.check(plain, familyOf(plain));
}

/** `10.0.0.0/8`, `2001:db8::/32`, or one address; null when it is neither. */
export function parseNetwork(text: string): Network | null {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return null;
  const bits = family === 4 ? 32 : 128;
  if (prefix === undefined) return { address, prefix: bits };
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  return length <= bits ? { address, prefix: length } : null;
}
