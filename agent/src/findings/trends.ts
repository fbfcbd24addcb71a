/** How what the machine has to give is used up, look by look: what forecasts rest on. */
import { RESOURCES, type Holder, type Kernel, type Resource, type Snapshot, type Usage } from '../contract.ts';
import { Peaks, type PeakRecord } from './peaks.ts';
import { Trend } from './trend.ts';

/** What all processes share. */
export type MachineResource = Exclude<Resource, 'file-descriptors'>;

/** Of one process that listens. */
export interface ProcessTrend {
  readonly startTicks: number | null;
  readonly programKey: string;
  readonly trend: Trend;
}

interface Watched extends ProcessTrend {
  /** Number of the look that saw it last, as one process may hold many sockets. */
  seenIn: number;
  /** Minutes since 1970. */
  seenAt: number;
}

export const MACHINE_RESOURCES = RESOURCES.filter((resource) => resource !== 'file-descriptors');

/** Of more processes those that use the largest part of their limit are watched. */
const MOST_PROCESSES = 1_000;
/** Looks are a minute apart at most, or nothing can be told of minutes. */
const GONE_MINUTES = 3;

/** Changed in place: it is fed with each look that is judged. */
export class Trends {
  readonly peaks: Peaks;
  readonly #machine = new Map(MACHINE_RESOURCES.map((resource) => [resource, new Trend()]));
  /** By pid. */
  readonly #processes = new Map<number, Watched>();
  #minute = -Infinity;
  #looks = 0;
  /** Pids that are watched; null: all. */
  #chosen: ReadonlySet<number> | null = null;

  constructor(peaks: readonly PeakRecord[] = []) {
    this.peaks = new Peaks(peaks);
  }

  observe({ takenAt, listeners, kernel }: Snapshot): void {
    const minute = Math.floor(Date.parse(takenAt) / 60_000);
    if (minute !== this.#minute) this.#turn(minute, listeners);
    this.#looks += 1;
    for (const { protocol, holders } of listeners) {
      if (protocol === 'tcp') for (const holder of holders) this.#noteProcess(holder, minute);
    }
    for (const [resource, trend] of this.#machine) {
      const usage = usageOf(resource, kernel);
      const ended = usage === null ? null : trend.note(minute, usage.used);
      if (ended !== null) this.peaks.raise({ resource, programKey: null }, ended);
    }
  }

  /** Of the machine. */
  of(resource: MachineResource): Trend {
    return this.#machine.get(resource) ?? new Trend();
  }

  /** Of the descriptors of a process; null when it is not watched. */
  ofProcess({ pid, startTicks, programKey }: Pick<Holder, 'pid' | 'startTicks' | 'programKey'>): Trend | null {
    const known = this.#processes.get(pid);
    return known?.startTicks === startTicks && known.programKey === programKey ? known.trend : null;
  }

  #noteProcess({ pid, startTicks, programKey, fileDescriptors }: Holder, minute: number): void {
    if (typeof fileDescriptors?.limit !== 'number') return;
    let known = this.#processes.get(pid);
    if (known?.startTicks !== startTicks || known.programKey !== programKey) {
      if (this.#chosen?.has(pid) === false) return;
      known = { startTicks, programKey, trend: new Trend(), seenIn: 0, seenAt: minute };
      this.#processes.set(pid, known);
    }
    if (known.seenIn === this.#looks) return;
    known.seenIn = this.#looks;
    known.seenAt = minute;
    const ended = known.trend.note(minute, fileDescriptors.open);
    if (ended !== null) this.peaks.raise({ resource: 'file-descriptors', programKey }, ended);
  }

  /** A new minute: who is gone is forgotten, and who is watched is chosen anew. */
  #turn(minute: number, listeners: Snapshot['listeners']): void {
    this.#minute = minute;
    this.#chosen = chosenOf(listeners);
    for (const [pid, { seenAt }] of this.#processes) {
      const isGone = Math.abs(minute - seenAt) > GONE_MINUTES;
      if (isGone || this.#chosen?.has(pid) === false) this.#processes.delete(pid);
    }
  }
}

function chosenOf(listeners: Snapshot['listeners']): ReadonlySet<number> | null {
  const shares = new Map<number, number>();
  for (const { protocol, holders } of listeners) {
    if (protocol !== 'tcp') continue;
    for (const { pid, fileDescriptors } of holders) shares.set(pid, shareOf(fileDescriptors));
  }
  if (shares.size <= MOST_PROCESSES) return null;
  const largest = [...shares].toSorted(([, a], [, b]) => b - a).slice(0, MOST_PROCESSES);
  return new Set(largest.map(([pid]) => pid));
}

function shareOf(descriptors: Holder['fileDescriptors']): number {
  return typeof descriptors?.limit === 'number' ? descriptors.open / descriptors.limit : 0;
}

/** How much of it there is, and is used; null when unknown. */
export function usageOf(resource: MachineResource, kernel: Kernel): Usage | null {
  switch (resource) {
    case 'file-handles':
      return kernel.fileHandles;
    case 'processes':
      return kernel.processes;
    case 'ephemeral-ports':
      return ephemeralUsage(kernel);
  }
}

function ephemeralUsage({ ephemeralPorts, ephemeralInUse, reservedPorts }: Kernel): Usage | null {
  if (ephemeralPorts === null || ephemeralInUse === null) return null;
  const [first, last] = ephemeralPorts;
  const reserved = reservedPorts.reduce((sum, range) => {
    const [from = NaN, to = from] = range.split('-').map(Number);
    const within = Math.min(to, last) - Math.max(from, first) + 1;
    return within > 0 ? sum + within : sum;
  }, 0);
  return { used: ephemeralInUse, max: last - first + 1 - reserved };
}
