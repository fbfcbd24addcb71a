import { type Connections, type Instant } from '../contract.ts';
import { type ProcRoot } from '../proc/proc-root.ts';
import { type PortsInUse } from './kernel.ts';
import { type Namespace } from './namespaces.ts';
import { placeKey, placesOf, type Place } from './places.ts';
import { queueAfter, stuckSince, type Queue } from './queue-progress.ts';
import { socketKey, type Socket } from './sockets.ts';
import { Tallier, type Tally } from './tally.ts';

/** What whole tables tell of a listener. */
export interface Traffic {
  /** As last counted; null before, and for all but the first of sockets that share their address and port. */
  readonly connections: Connections | null;
  readonly acceptQueueStuckSince: Instant | null;
}

const UNKNOWN: Traffic = { connections: null, acceptQueueStuckSince: null };

/** Counting may take this share of a core on average. */
const SHARE = 0.001;
const COUNT_AT_LEAST_MS = 60_000;
const COUNT_AT_MOST_MS = 5000;
/** While a queue does not empty, looking after it may take this share; seen in one look only, a busy server has it, too. */
const QUEUE_SHARE = 0.01;

/**
 * Follows connections and accept queues from look to look. A whole table costs a microsecond a row, so they are counted
 * at a pace that the count's own cost decides, sooner where some queue is not empty, and in each look only while it was not
 * in two looks.
 */
export class ConnectionWatch {
  readonly #tallier: Tallier;
  readonly #cpuMs: () => number;
  /** By socket key, of the sockets there are. */
  readonly #connections = new Map<string, Connections>();
  /** By network namespace and place. */
  readonly #queues = new Map<string, Queue>();
  /** Keys of sockets whose queue was not empty in the look before. */
  #queuing: ReadonlySet<string> = new Set();
  #hostPorts: Uint8Array | null = null;
  #counted = { at: -Infinity, pauseMs: 0 };
  #queuesRead = { at: -Infinity, costMs: 0 };

  /** @param cpuMs CPU time of this process */
  constructor(root: ProcRoot, cpuMs: () => number) {
    this.#tallier = new Tallier(root);
    this.#cpuMs = cpuMs;
  }

  /** @param sockets all there are, those whose row was overlooked included */
  look(at: Date, sockets: readonly Socket[], namespaces: readonly Namespace[]): void {
    const tcp = sockets.filter(({ protocol }) => protocol === 'tcp');
    const queuing = tcp.filter(({ row }) => row.receiveQueue > 0);
    const waiting = queuing.filter((socket) => this.#queuing.has(socketKey(socket)));
    this.#queuing = new Set(queuing.map(socketKey));
    this.#forget(tcp, queuing);
    const now = at.getTime();
    const share = waiting.length > 0 ? QUEUE_SHARE : SHARE;
    const isQueueDue =
      queuing.length > 0 && isDue({ ...this.#queuesRead, pauseMs: this.#queuesRead.costMs / share }, now);
    if (isDue(this.#counted, now)) {
      const listening = inodes(tcp);
      const cost = this.#read(
        { tcp, queuing, now },
        namespaces.filter((one) => one.isHost || listening.has(one.inode)),
      );
      // The first one pays for cold code, too: it says nothing of the next.
      const pauseMs = this.#counted.at === -Infinity ? 0 : cost / SHARE;
      this.#counted = { at: now, pauseMs: Math.min(Math.max(pauseMs, COUNT_AT_MOST_MS), COUNT_AT_LEAST_MS) };
      if (isQueueDue) this.#queuesRead = { at: now, costMs: cost };
    } else if (isQueueDue) {
      const queued = inodes(queuing);
      const cost = this.#read(
        { tcp, queuing, now },
        namespaces.filter(({ inode }) => queued.has(inode)),
      );
      this.#queuesRead = { at: now, costMs: cost };
    }
  }

  of(socket: Socket): Traffic {
    if (socket.protocol !== 'tcp') return UNKNOWN;
    const queue = socket.row.receiveQueue > 0 ? this.#queues.get(queueKey(socket)) : undefined;
    return {
      connections: this.#connections.get(socketKey(socket)) ?? null,
      acceptQueueStuckSince: stuckSince(queue),
    };
  }

  /** Distinct local ports in use in the host's network namespace, as last counted. */
  readonly portsInUse: PortsInUse = (first, last) =>
    this.#hostPorts?.subarray(first, last + 1).reduce((sum, isUsed) => sum + isUsed, 0) ?? null;

  #forget(tcp: readonly Socket[], queuing: readonly Socket[]): void {
    const [present, queued] = [new Set(tcp.map(socketKey)), new Set(queuing.map(queueKey))];
    for (const key of this.#connections.keys()) if (!present.has(key)) this.#connections.delete(key);
    for (const key of this.#queues.keys()) if (!queued.has(key)) this.#queues.delete(key);
  }

  /** Returns the milliseconds of CPU it took. */
  #read({ tcp, queuing, now }: Sockets, namespaces: readonly Namespace[]): number {
    const begun = this.#cpuMs();
    const inside = Map.groupBy(tcp, inodeOf);
    const queued = Map.groupBy(queuing, inodeOf);
    for (const namespace of namespaces) {
      const places = placesOf(inside.get(namespace.inode) ?? []);
      const wanted = new Set(queued.get(namespace.inode)?.map(({ row }) => placeKey(row)));
      const tally = this.#tallier.read(namespace, places, wanted);
      if (tally !== null) this.#keep(namespace, places, tally, now);
    }
    return this.#cpuMs() - begun;
  }

  #keep(namespace: Namespace, places: readonly Place[], tally: Tally, now: number): void {
    for (const { sockets } of places) this.#keepCounts(sockets, tally);
    for (const [place, peers] of tally.queued) {
      const key = `${namespace.inode} ${place}`;
      this.#queues.set(key, queueAfter(this.#queues.get(key), peers, now));
    }
    if (namespace.isHost) (this.#hostPorts ??= new Uint8Array(tally.usedPorts.length)).set(tally.usedPorts);
  }

  /** Rows do not tell which of several sockets at one place a connection belongs to: the first stands for all. */
  #keepCounts([first, ...others]: readonly Socket[], tally: Tally): void {
    const counts = first === undefined ? undefined : tally.connections.get(placeKey(first.row));
    if (first === undefined || counts === undefined) return;
    this.#connections.set(socketKey(first), counts);
    for (const other of others) this.#connections.delete(socketKey(other));
  }
}

/** The TCP sockets of a look, and those of them whose queue is not empty. */
interface Sockets {
  readonly tcp: readonly Socket[];
  readonly queuing: readonly Socket[];
  /** Milliseconds. */
  readonly now: number;
}

const inodeOf = ({ namespace }: Socket) => namespace.inode;
const inodes = (sockets: readonly Socket[]) => new Set(sockets.map(inodeOf));

/** Also when the clock was set back. */
function isDue({ at, pauseMs }: { readonly at: number; readonly pauseMs: number }, now: number): boolean {
  return now < at || now - at >= pauseMs;
}

function queueKey(socket: Socket): string {
  return `${socket.namespace.inode} ${placeKey(socket.row)}`;
}
