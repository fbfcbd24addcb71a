import { type Connections, type Holder, type HoldersUnknown, type Instant, type Listener } from '../contract.ts';
import { exposureOf } from '../proc/net-address.ts';
import { type Socket } from './sockets.ts';

/** What the look, and those before, know of a socket beyond its row. */
export interface Attribution {
  /** All of them, in any order. */
  readonly holders: readonly Holder[];
  readonly holdersUnknown: HoldersUnknown | null;
  readonly openedAt: Instant | null;
  readonly connections: Connections | null;
  readonly acceptQueueStuckSince: Instant | null;
}

/** What a listener has in common with all others of the look. */
export interface Surroundings {
  /** Ports at which a socket takes all of IPv4, by {@link portKey}. */
  readonly ipv4Wildcards: ReadonlySet<string>;
  readonly users: ReadonlyMap<number, string>;
  /** Of the agent's own namespace, with that namespace's inode: other namespaces' ceilings cannot be read. */
  readonly somaxconn: { readonly namespace: string; readonly value: number | null };
}

const LISTED_HOLDERS = 64;

export function composeListener(socket: Socket, known: Attribution, around: Surroundings): Listener {
  const { protocol, family, row, namespace } = socket;
  const isTcp = protocol === 'tcp';
  return {
    protocol,
    family,
    address: row.address,
    port: row.port,
    exposure: exposureOf(row.address),
    inode: row.inode,
    networkNamespace: namespace.inode,
    isHostNamespace: namespace.isHost,
    uid: row.uid,
    user: around.users.get(row.uid) ?? null,
    dualStack: dualStackOf(socket, around.ipv4Wildcards),
    openedAt: known.openedAt,
    acceptQueue: isTcp ? row.receiveQueue : null,
    acceptQueueLimit: isTcp && around.somaxconn.namespace === namespace.inode ? around.somaxconn.value : null,
    acceptQueueStuckSince: known.acceptQueueStuckSince,
    connections: known.connections,
    holders: known.holders.toSorted(byAge).slice(0, LISTED_HOLDERS),
    holdersOmitted: Math.max(0, known.holders.length - LISTED_HOLDERS),
    holdersUnknown: known.holdersUnknown,
    service: null,
  };
}

function portKey({ protocol, namespace, row }: Socket): string {
  return `${protocol} ${namespace.inode} ${row.port}`;
}

export function ipv4Wildcards(sockets: readonly Socket[]): ReadonlySet<string> {
  return new Set(sockets.filter(({ row }) => row.address === '0.0.0.0').map(portKey));
}

/** IPV6_V6ONLY is not in /proc; a second socket for IPv4 on the same port tells of it. */
export function dualStackOf(socket: Socket, wildcards: ReadonlySet<string>): boolean | null {
  return socket.row.address === '::' ? !wildcards.has(portKey(socket)) : null;
}

function byAge(a: Holder, b: Holder): number {
  return (a.startTicks ?? Infinity) - (b.startTicks ?? Infinity) || a.pid - b.pid;
}

/** The order the contract promises, and the inode where that leaves it open. */
export function byPlace(a: Listener, b: Listener): number {
  return (
    Number(b.isHostNamespace) - Number(a.isHostNamespace) ||
    compareText(a.networkNamespace, b.networkNamespace) ||
    a.port - b.port ||
    compareText(a.protocol, b.protocol) ||
    compareText(a.address, b.address) ||
    compareText(a.inode, b.inode)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
