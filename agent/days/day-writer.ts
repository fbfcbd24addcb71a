import { type Holder, type Kernel, type Listener } from '../src/contract.ts';
import { type Scan } from '../src/scan/scanner.ts';
import {
  FORMAT,
  USUAL_PROCESS,
  USUAL_SOCKET,
  type DayHead,
  type DayLine,
  type ProcessFacts,
  type ProcessLine,
  type SocketFacts,
  type SocketLine,
} from './day-format.ts';

/** What the recorder knows beside the scans. */
export type Told = Pick<DayHead, 'machine' | 'made' | 'name' | 'expect'>;

/** Numbers that move by themselves are told this often, or with something else. */
const NUMBERS_EVERY_SECONDS = 30;
/** Of a machine's counters, what every look changes. */
const RESTLESS: readonly (keyof Kernel)[] = ['tcpInUse', 'timeWait', 'ephemeralInUse', 'fileHandles', 'processes'];
/** Of a process and of a socket. */
const RESTLESS_FACTS: ReadonlySet<string> = new Set(['state', 'fileDescriptors', 'connections', 'acceptQueue']);

/** Told by the start ticks. */
const DERIVED: keyof Holder = 'startedAt';

type Facts = Readonly<Record<string, unknown>>;

interface KnownSocket {
  readonly facts: SocketFacts;
  readonly toldAt: number;
}

/** Turns look after look into the lines of a day. */
export class DayWriter {
  readonly #told: Told;
  readonly #listens: (listener: Listener) => boolean;
  #head: DayHead | null = null;
  #kernel: Kernel | null = null;
  readonly #processes = new Map<number, { readonly facts: ProcessFacts; readonly toldAt: number }>();
  readonly #sockets = new Map<string, KnownSocket>();
  #numbersAt = 0;

  /** @param listens which listeners belong to the day */
  constructor(told: Told, listens: (listener: Listener) => boolean) {
    this.#told = told;
    this.#listens = listens;
  }

  /** The lines this look adds: none when nothing changed, two for the first. */
  see(scan: Scan): readonly (DayHead | DayLine)[] {
    const listeners = scan.listeners.filter(this.#listens);
    if (this.#head === null) {
      this.#head = headOf(scan, this.#told);
      this.#kernel = scan.kernel;
      return [this.#head, { at: 0, ...this.#changes(listeners, 0, this.#head) }];
    }
    const at = secondsBetween(this.#head.begins, scan.takenAt);
    const changes = this.#changes(listeners, at, this.#head);
    const kernel = this.#kernelChanges(scan.kernel, at, Object.keys(changes).length > 0);
    const line = { at, ...changes, ...(kernel === null ? {} : { kernel }) };
    return Object.keys(line).length === 1 ? [] : [line];
  }

  /** The line that says how long it was looked, or that time is put in. */
  mark(now: string, passes?: number): readonly DayLine[] {
    if (this.#head === null) return [];
    return [{ at: secondsBetween(this.#head.begins, now), ...(passes === undefined ? {} : { passes }) }];
  }

  #changes(listeners: readonly Listener[], at: number, head: DayHead): Omit<DayLine, 'at'> {
    const processes = new Map(listeners.flatMap(({ holders }) => holders).map((holder) => [holder.pid, holder]));
    const present = new Map(listeners.map((one) => [socketName(one), factsOf(one, head)]));
    const opened = [...present].filter(([name]) => !this.#sockets.has(name));
    const lines = {
      processes: [...processes.values()].flatMap((holder) => this.#processLine(holder, at)),
      opened: opened.map(([socket, facts]): SocketLine => ({ socket, ...differences(USUAL_SOCKET, facts) })),
      changed: [...present].flatMap(([socket, facts]) => this.#changedLine(socket, facts, at)),
      closed: [...this.#sockets.keys()].filter((name) => !present.has(name)),
    };
    for (const name of lines.closed) this.#sockets.delete(name);
    for (const [name, facts] of opened) this.#sockets.set(name, { facts, toldAt: at });
    return Object.fromEntries(Object.entries(lines).filter(([, list]) => list.length > 0));
  }

  #processLine(holder: Holder, at: number): ProcessLine[] {
    const facts: ProcessFacts = holder;
    const { pid, startTicks } = facts;
    const known = this.#processes.get(pid);
    const before = known?.facts.startTicks === startTicks ? known : null;
    const changed = differences(before?.facts ?? USUAL_PROCESS, facts);
    if (before && !isWorthTelling(changed, at - before.toldAt)) return [];
    this.#processes.set(pid, { facts, toldAt: at });
    return [{ ...changed, pid, startTicks }];
  }

  #changedLine(socket: string, facts: SocketFacts, at: number): SocketLine[] {
    const before = this.#sockets.get(socket);
    if (before === undefined) return [];
    const changed = differences(before.facts, facts);
    if (!isWorthTelling(changed, at - before.toldAt)) return [];
    this.#sockets.set(socket, { facts, toldAt: at });
    return [{ socket, ...changed }];
  }

  #kernelChanges(kernel: Kernel, at: number, isMoment: boolean): Partial<Kernel> | null {
    const before: Partial<Kernel> = this.#kernel ?? {};
    const changed = differences(before as Facts, { ...kernel });
    const isDue = isMoment || at - this.#numbersAt >= NUMBERS_EVERY_SECONDS;
    const names = Object.keys(changed);
    if (names.length === 0 || (!isDue && names.every((name) => RESTLESS.includes(name as keyof Kernel)))) return null;
    this.#numbersAt = at;
    this.#kernel = kernel;
    return changed;
  }
}

function isWorthTelling(changed: Facts, age: number): boolean {
  const names = Object.keys(changed);
  return names.some((name) => !RESTLESS_FACTS.has(name)) || (names.length > 0 && age >= NUMBERS_EVERY_SECONDS);
}

function headOf({ takenAt, host, kernel, listeners }: Scan, told: Told): DayHead {
  const networkNamespace = listeners.find(({ isHostNamespace }) => isHostNamespace)?.networkNamespace ?? '1';
  return { format: FORMAT, ...told, begins: takenAt, ...host, networkNamespace, kernel };
}

function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

function socketName({ isHostNamespace, networkNamespace, inode }: Listener): string {
  return isHostNamespace ? inode : `${networkNamespace}/${inode}`;
}

function factsOf(listener: Listener, { begins }: DayHead): SocketFacts {
  const { protocol, family, address, port, uid, user, dualStack, holdersOmitted, holdersUnknown } = listener;
  const { acceptQueue, acceptQueueLimit, acceptQueueStuckSince: stuck, connections, holders } = listener;
  return {
    ...{ protocol, family, address, port, uid, user, dualStack, acceptQueue, acceptQueueLimit, connections },
    ...{ holdersOmitted, holdersUnknown },
    pids: holders.map(({ pid }) => pid),
    stuckSince: stuck === null ? null : secondsBetween(begins, stuck),
  };
}

/** What `now` has that `before` has not, or otherwise. */
function differences<T extends object>(before: object, now: T): Partial<T> {
  const known = new Map<string, unknown>(Object.entries(before));
  const changed = Object.entries(now).filter(
    ([name, value]) =>
      name !== DERIVED && (!known.has(name) || JSON.stringify(known.get(name)) !== JSON.stringify(value)),
  );
  return Object.fromEntries(changed) as Partial<T>;
}
