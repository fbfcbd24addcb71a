import { FAMILIES, type Connections, type Family } from '../contract.ts';
import { tcpTable } from '../proc/net-tcp.ts';
import { createStateReader, type TcpState } from '../proc/net-tcp-states.ts';
import { type ProcRoot } from '../proc/proc-root.ts';
import { type Namespace } from './namespaces.ts';
import { placeKey, takes, type Place } from './places.ts';

/** What one reading of a namespace's tables says of its listeners. */
export interface Tally {
  /** By {@link placeKey}. */
  readonly connections: ReadonlyMap<string, Connections>;
  /** Peers that wait to be accepted, by {@link placeKey}: of the places that were asked for. */
  readonly queued: ReadonlyMap<string, ReadonlySet<string>>;
  /** Not 0 for each local port that has a socket, listening ones included. Good until the next reading. */
  readonly usedPorts: Uint8Array;
}

type Counts = { -readonly [K in keyof Connections]: Connections[K] };

interface Counted {
  readonly place: Place;
  readonly counts: Counts;
  /** null where they are not wanted. */
  readonly queued: Set<string> | null;
}

const PORTS = 65_536;

/** Counts rows by listener. What it needs for that is as large as there are ports, so one of them serves all readings. */
export class Tallier {
  readonly #root: ProcRoot;
  /** Of a local port: its number in `#byPort`, plus one; 0 for none. */
  readonly #numbers = new Uint16Array(PORTS);
  readonly #usedPorts = new Uint8Array(PORTS);
  #byPort: readonly (readonly Counted[])[] = [];

  constructor(root: ProcRoot) {
    this.#root = root;
  }

  /** Null when the tables cannot be read. @param wanted keys of the places whose queued peers are asked for */
  read(namespace: Namespace, places: readonly Place[], wanted: ReadonlySet<string>): Tally | null {
    const counted = places.map((place) => begin(place, wanted));
    const byPort = Map.groupBy(counted, ({ place }) => place.port);
    this.#numbers.fill(0);
    this.#usedPorts.fill(0);
    [...byPort.keys()].forEach((port, index) => (this.#numbers[port] = index + 1));
    this.#byPort = [...byPort.values()];
    if (!this.#readTables(namespace)) return null;
    return {
      connections: new Map(counted.map(({ place, counts }) => [placeKey(place), counts])),
      queued: new Map(counted.flatMap(({ place, queued }) => (queued === null ? [] : [[placeKey(place), queued]]))),
      usedPorts: this.#usedPorts,
    };
  }

  /** By way of the first process that is still there; a machine without IPv6 has no second table. */
  #readTables({ folders }: Namespace): boolean {
    for (const folder of folders) {
      const [first, second] = FAMILIES.map((family) => this.#readTable(folder, family));
      if (first === 'gone') continue;
      return first === 'read' && (second === 'read' || second === 'gone');
    }
    return false;
  }

  #readTable(folder: string, family: Family): 'read' | 'gone' | 'denied' | 'failed' {
    const width = family === 'ipv4' ? 8 : 32;
    const readStates = createStateReader(family, (row, bytes) => this.#count(row, bytes, width));
    const read = this.#root.lines(tcpTable(folder, family), (lines) => {
      readStates(lines);
      return true;
    });
    return read.kind;
  }

  #count(row: Readonly<TcpState>, bytes: Buffer, width: number): void {
    this.#usedPorts[row.port] = 1;
    const number = this.#numbers[row.port] ?? 0;
    const column = number === 0 ? null : columnOf(row);
    if (column === null) return;
    const found = this.#byPort[number - 1]?.find(({ place }) => takes(place.reach, bytes, row.addressAt, width));
    if (found === undefined) return;
    found.counts[column]++;
    if (column === 'unaccepted') found.queued?.add(bytes.toString('latin1', row.addressAt, row.peerEnd));
  }
}

function begin(place: Place, wanted: ReadonlySet<string>): Counted {
  const counts = { established: 0, unaccepted: 0, synReceived: 0, closeWait: 0, finWait: 0, timeWait: 0 };
  return { place, counts, queued: wanted.has(placeKey(place)) ? new Set() : null };
}

/** include/net/tcp_states.h; a connection that nobody accepted yet has no inode, one that its client gave up neither. */
function columnOf({ state, hasInode }: Readonly<TcpState>): keyof Connections | null {
  switch (state) {
    case 0x01:
      return hasInode ? 'established' : 'unaccepted';
    case 0x08:
      return hasInode ? 'closeWait' : 'unaccepted';
    case 0x03:
    case 0x0c:
      return 'synReceived';
    case 0x04:
    case 0x05:
      return 'finWait';
    case 0x06:
      return 'timeWait';
    default:
      return null;
  }
}
