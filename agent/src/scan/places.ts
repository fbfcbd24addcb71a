import { addressWords } from '../proc/net-address.ts';
import { hexAt } from '../proc/net-tcp-states.ts';
import { dualStackOf, ipv4Wildcards } from './listeners.ts';
import { type Socket } from './sockets.ts';

/** An address and port of a network namespace at which one socket listens, or several that share it (SO_REUSEPORT). */
export interface Place {
  readonly port: number;
  readonly address: string;
  /** By inode, lowest first. */
  readonly sockets: readonly Socket[];
  readonly reach: Reach;
}

/** Of one IP version: the address whose connections it takes, as the table's words; `any`, or none (null). */
type Part = readonly number[] | 'any' | null;

/** Local addresses whose connections a place takes. */
interface Reach {
  readonly ipv4: Part;
  readonly ipv6: Part;
}

/** Names a place within its network namespace. */
export function placeKey({ address, port }: Pick<Place, 'address' | 'port'>): string {
  return `${address} ${port}`;
}

/** The places of TCP sockets of one network namespace; of those that take the same connection the one that gets it first. */
export function placesOf(sockets: readonly Socket[]): readonly Place[] {
  const wildcards = ipv4Wildcards(sockets);
  const groups = Map.groupBy(sockets, ({ row }) => placeKey(row));
  const places = [...groups.values()].flatMap((twins) => {
    const sorted = twins.toSorted(byInode);
    const [first] = sorted;
    if (first === undefined) return [];
    const { address, port } = first.row;
    const reach = reachOf(address, dualStackOf(first, wildcards) !== false);
    return [{ address, port, sockets: sorted, reach }];
  });
  return places.toSorted((a, b) => precedence(a) - precedence(b));
}

/** inet_lookup_listener(): the very address before a wildcard, the wildcard of the same IP version before the other one. */
function precedence({ address }: Place): number {
  return ['0.0.0.0', '::ffff:0.0.0.0', '::'].indexOf(address);
}

/** Decimal numbers beyond 2^53: the longer one is the higher one. */
function byInode(a: Socket, b: Socket): number {
  const [one, other] = [a.row.inode, b.row.inode];
  return one.length - other.length || (one < other ? -1 : 1);
}

const MAPPED = '::ffff:';

function reachOf(address: string, takesIpv4: boolean): Reach {
  if (address === '::') return { ipv4: takesIpv4 ? 'any' : null, ipv6: 'any' };
  const ipv4 = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
  if (!ipv4.includes('.')) return { ipv4: null, ipv6: addressWords(address) };
  return { ipv4: ipv4 === '0.0.0.0' ? 'any' : addressWords(ipv4), ipv6: null };
}

/** As the third word of a mapped address is printed, `0000000000000000FFFF00000100007F`. */
const MAPPED_WORD = 0xffff0000;

/**
 * Whether a connection to the local address that stands in a row reaches the place.
 * @param addressAt where its 8 or 32 digits begin
 */
export function takes({ ipv4, ipv6 }: Reach, bytes: Buffer, addressAt: number, width: number): boolean {
  if (width === 8) return isOneOf(ipv4, bytes, addressAt);
  const isMapped =
    hexAt(bytes, addressAt + 16, 8) === MAPPED_WORD &&
    hexAt(bytes, addressAt, 8) === 0 &&
    hexAt(bytes, addressAt + 8, 8) === 0;
  return isMapped ? isOneOf(ipv4, bytes, addressAt + 24) : isOneOf(ipv6, bytes, addressAt);
}

function isOneOf(part: Part, bytes: Buffer, at: number): boolean {
  if (part === null || part === 'any') return part !== null;
  for (let index = 0; index < part.length; index++) {
    if (hexAt(bytes, at + 8 * index, 8) !== part[index]) return false;
  }
  return true;
}
