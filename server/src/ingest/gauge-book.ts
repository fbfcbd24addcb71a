import type { ChangePush, Gauges, ListenerGauge } from '@portlight/agent/contract';

/** Of one machine, those heard of last are kept: what an agent sends in a minute is far less. */
const MAX_LISTENERS = 256;

/** Numbers of one machine that moved since its rows were stored. */
export interface Heard {
  readonly kernel: Gauges['kernel'];
  /** By {@link gaugeKey}. */
  readonly listeners: ReadonlyMap<string, ListenerGauge>;
}

interface Kept {
  kernel: Gauges['kernel'];
  readonly listeners: Map<string, ListenerGauge>;
}

export function gaugeKey({ networkNamespace, inode }: Pick<ListenerGauge, 'networkNamespace' | 'inode'>): string {
  return `${networkNamespace} ${inode}`;
}

/**
 * What signs of life told. An agent tells a number when it moved, so each stays until another is told of it. In memory only:
 * an agent that has to connect anew tells all of them again.
 */
export class GaugeBook {
  private readonly machines = new Map<string, Kept>();

  of(hostId: string): Heard | null {
    return this.machines.get(hostId) ?? null;
  }

  hear(hostId: string, { kernel, listeners }: Gauges): void {
    const kept: Kept = this.machines.get(hostId) ?? { kernel, listeners: new Map<string, ListenerGauge>() };
    kept.kernel = kernel;
    for (const gauge of listeners) {
      // Deleted first, so that the order is that of hearing.
      kept.listeners.delete(gaugeKey(gauge));
      kept.listeners.set(gaugeKey(gauge), gauge);
    }
    for (const oldest of kept.listeners.keys()) {
      if (kept.listeners.size <= MAX_LISTENERS) break;
      kept.listeners.delete(oldest);
    }
    this.machines.set(hostId, kept);
  }

  /** The rows of these listeners are newer now, or gone; all else stays as it was told. */
  supersede(hostId: string, { opened, changed, closed }: Pick<ChangePush, 'opened' | 'changed' | 'closed'>): void {
    const kept = this.machines.get(hostId);
    if (!kept) return;
    for (const listener of [...opened, ...changed, ...closed]) kept.listeners.delete(gaugeKey(listener));
  }

  /** Everything stored of this machine is newer, or gone. */
  forget(hostId: string): void {
    this.machines.delete(hostId);
  }
}
