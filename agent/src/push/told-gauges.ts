/** What changes do not tell an aggregator: queues, connections and the machine's limits, as they move. */
import type { ClosedListener, Finding, Gauges, Kernel, Listener, ListenerGauge, Push, Snapshot } from '../contract.ts';

/** Of the JSON: a sign of life comes every few seconds from every machine. */
const MAX_BYTES = 1024;

type SocketName = Pick<ClosedListener, 'networkNamespace' | 'inode'>;

/** Remembers the numbers that the aggregator has, to tell those that are others now. */
export class ToldGauges {
  readonly #listeners = new Map<string, Told>();
  /** Counts the pushes that told something. */
  #turn = 0;
  /** As JSON; null when nothing was told. */
  #kernel: string | null = null;

  /** What is to be told; null when nothing moved. What does not fit still differs at the next sign of life. */
  moved({ listeners, findings, kernel: whole }: Snapshot): Gauges | null {
    const kernel = kernelGauge(whole);
    const moved = listeners.filter((listener) => !isSame(listener, this.#listeners.get(keyOf(listener))?.gauge));
    if (moved.length === 0 && this.#kernel === JSON.stringify(kernel)) return null;
    const ranked = moved.map((listener) => this.#ranked(listener, findings));
    const order = (a: Ranked, b: Ranked): number => b.rank - a.rank || a.toldIn - b.toldIn;
    return cut({ listeners: ranked.sort(order).map(({ gauge }) => gauge), kernel });
  }

  /** That push is acknowledged. */
  hear(push: Push): void {
    switch (push.kind) {
      case 'full':
        this.forget();
        this.#hear(push.snapshot.listeners, push.snapshot.kernel);
        break;
      case 'change':
        for (const closed of push.closed) this.#listeners.delete(keyOf(closed));
        this.#hear([...push.opened, ...push.changed], null);
        break;
      case 'alive':
        if (push.gauges) this.#hear(push.gauges.listeners, push.gauges.kernel);
        break;
      case 'leaving':
    }
  }

  /** The aggregator may have none of it any more. */
  forget(): void {
    this.#listeners.clear();
    this.#kernel = null;
  }

  #hear(listeners: readonly ListenerGauge[], kernel: Kernel | Gauges['kernel'] | null): void {
    this.#turn += 1;
    for (const listener of listeners) {
      this.#listeners.set(keyOf(listener), { gauge: gaugeOf(listener), turn: this.#turn });
    }
    if (kernel) this.#kernel = JSON.stringify(kernelGauge(kernel));
  }

  /** First those of a finding, then those with a queue or one that is told of still, the longer first, then the longest untold. */
  #ranked(listener: Listener, findings: readonly Finding[]): Ranked {
    const told = this.#listeners.get(keyOf(listener));
    const queue = Math.max(listener.acceptQueue ?? 0, told?.gauge.acceptQueue ?? 0);
    const isFound = findings.some((finding) => isAbout(finding, listener));
    const rank = (isFound ? 2 : 0) + (queue > 0 ? 1 : 0) + queue / (queue + 1);
    return { gauge: gaugeOf(listener), rank, toldIn: told?.turn ?? 0 };
  }
}

interface Told {
  readonly gauge: ListenerGauge;
  readonly turn: number;
}

interface Ranked {
  readonly gauge: ListenerGauge;
  /** Higher comes first. */
  readonly rank: number;
  /** Lower comes first. */
  readonly toldIn: number;
}

const keyOf = ({ networkNamespace, inode }: SocketName): string => `${networkNamespace} ${inode}`;

function gaugeOf({ inode, networkNamespace, acceptQueue, connections }: ListenerGauge): ListenerGauge {
  return { inode, networkNamespace, acceptQueue, connections };
}

/** Listed by name, as the whole has more. */
function kernelGauge(kernel: Gauges['kernel']): Gauges['kernel'] {
  const { ephemeralPorts, somaxconn, listenOverflows, listenDrops } = kernel;
  const { tcpInUse, timeWait, ephemeralInUse, fileHandles, processes } = kernel;
  const network = { ephemeralPorts, somaxconn, listenOverflows, listenDrops, tcpInUse, timeWait, ephemeralInUse };
  return { ...network, fileHandles, processes };
}

function isSame(now: ListenerGauge, told: ListenerGauge | undefined): boolean {
  // Datagram sockets have neither, told or not.
  if (now.acceptQueue === null && now.connections === null && !told) return true;
  if (now.acceptQueue !== told?.acceptQueue) return false;
  return now.connections === told.connections || JSON.stringify(now.connections) === JSON.stringify(told.connections);
}

function isAbout({ networkNamespace, protocol, port, holders }: Finding, listener: Listener): boolean {
  if (networkNamespace !== listener.networkNamespace || protocol !== listener.protocol) return false;
  return port === listener.port || listener.holders.some(({ pid }) => holders.some((holder) => holder.pid === pid));
}

/** As many of the first as fit; every character is one byte. */
function cut({ listeners, kernel }: Gauges): Gauges {
  const kept: ListenerGauge[] = [];
  let left = MAX_BYTES - JSON.stringify({ listeners: [], kernel }).length;
  for (const gauge of listeners) {
    left -= JSON.stringify(gauge).length + ','.length;
    if (left < 0) break;
    kept.push(gauge);
  }
  return { listeners: kept, kernel };
}
