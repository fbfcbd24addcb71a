import { type Listener, type Place } from '../contract.ts';
import { exposureOf } from '../proc/net-address.ts';

/** What a socket is bound to, its port aside. */
export interface Bound {
  readonly address: string;
  /** Of a `::` socket: whether it takes IPv4 too; null where it is not known or not `::`. */
  readonly dualStack: Listener['dualStack'];
}

/** Of one IP version: the one address it takes, `any`, or none. */
type Part = string | null;

const ANY = 'any';
const MAPPED = '::ffff:';

function parts({ address, dualStack }: Bound): { readonly ipv4: Part; readonly ipv6: Part } {
  // Linux binds :: to both unless told otherwise (sysctl net.ipv6.bindv6only is 0).
  if (address === '::') return { ipv4: dualStack === false ? null : ANY, ipv6: ANY };
  const ipv4 = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
  if (ipv4.includes('.')) return { ipv4: ipv4 === '0.0.0.0' ? ANY : ipv4, ipv6: null };
  return { ipv4: null, ipv6: address };
}

function collide(one: Part, other: Part): boolean {
  return one !== null && other !== null && (one === ANY || other === ANY || one === other);
}

/** Whether a socket on the same port keeps another from being bound: bind(2) then says EADDRINUSE. */
export function blocks(holder: Bound, wanted: Bound): boolean {
  const [held, want] = [parts(holder), parts(wanted)];
  return collide(held.ipv4, want.ipv4) || collide(held.ipv6, want.ipv6);
}

/** Whether connections to this address reach the socket, the port being the same. */
export function covers(holder: Bound, { address }: Pick<Place, 'address'>): boolean {
  const [held, want] = [parts(holder), parts({ address, dualStack: null })];
  const takes = (taken: Part, asked: Part) => taken === ANY || taken === asked;
  if (address === '::') return held.ipv6 === ANY;
  return want.ipv4 === null ? takes(held.ipv6, want.ipv6) : takes(held.ipv4, want.ipv4);
}

/** One could stand for the other: both on loopback, whatever the IP version, or one takes connections to the other. */
export function sameSide(one: Bound, other: Bound): boolean {
  const areLoopback = exposureOf(one.address) === 'loopback' && exposureOf(other.address) === 'loopback';
  return areLoopback || blocks(one, other);
}
