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

/** Numbers of what is counted, by which a place's counts are kept. */
const [ESTABLISHED, WAITING, GIVEN_UP, SYN_RECEIVED, CLOSE_WAIT, FIN_WAIT, TIME_WAIT, NONE] = [0, 1, 2, 3, 4, 5, 6, -1];

interface Counted {
  readonly place: Place;
  readonly counts: Uint32Array;
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
      connections: new Map(counted.map(({ place, counts }) => [placeKey(place), connectionsOf(counts)])),
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

  /** Runs for each row: no closure, no string but for what is queued. */
  #count(row: Readonly<TcpState>, bytes: Buffer, width: number): void {
    this.#usedPorts[row.port] = 1;
    const number = this.#numbers[row.port] ?? 0;
    const column = number === 0 ? NONE : columnOf(row);
    if (column === NONE) return;
    for (const { place, counts, queued } of this.#byPort[number - 1] ?? []) {
      if (!takes(place.reach, bytes, row.addressAt, width)) continue;
      counts[column] = (counts[column] ?? 0) + 1;
      if (column === WAITING || column === GIVEN_UP) queued?.add(bytes.toString('latin1', row.addressAt, row.peerEnd));
      return;
    }
  }
}

function begin(place: Place, wanted: ReadonlySet<string>): Counted {
  return { place, counts: new Uint32Array(TIME_WAIT + 1), queued: wanted.has(placeKey(place)) ? new Set() : null };
}

function connectionsOf(counts: Uint32Array): Connections {
  const [established = 0, waiting = 0, givenUp = 0, synReceived = 0, closeWait = 0, finWait = 0, timeWait = 0] = counts;
  const connections = { established, unaccepted: waiting + givenUp, synReceived, closeWait, finWait, timeWait };
  return givenUp === 0 ? connections : { ...connections, givenUp };
}

/** include/net/tcp_states.h; a connection that nobody accepted yet has no inode, one that its client gave up neither. */
function columnOf({ state, hasInode }: Readonly<TcpState>): number {
  switch (state) {
    case 0x01:
      return hasInode ? ESTABLISHED : WAITING;
    case 0x08:
      return hasInode ? CLOSE_WAIT : GIVEN_UP;
    case 0x03:
    case 0x0c:
      return SYN_RECEIVED;
    case 0x04:
    case 0x05:
      return FIN_WAIT;
    case 0x06:
      return TIME_WAIT;
    default:
      return NONE;
  }
}
