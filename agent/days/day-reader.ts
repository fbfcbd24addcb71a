import { type Expectation, type Holder, type Kernel, type Listener, type Snapshot } from '../src/contract.ts';
import { parseExpectation } from '../src/findings/parse-expectation.ts';
import { withServices } from '../src/findings/services.ts';
import { exposureOf } from '../src/proc/net-address.ts';
import { byPlace } from '../src/scan/listeners.ts';
import {
  USUAL_PROCESS,
  USUAL_SOCKET,
  type Day,
  type DayHead,
  type DayLine,
  type ProcessFacts,
  type SocketFacts,
} from './day-format.ts';

/** An agent looks each second; as long as nothing happens, fewer looks find the same. Seconds since the last change. */
const PACES = [
  { until: 45, every: 1 },
  { until: 600, every: 5 },
  { until: Infinity, every: 30 },
];

function paceAfter(quiet: number): number {
  return PACES.find(({ until }) => quiet < until)?.every ?? 1;
}

/** Everything the agent would have seen that day, look by look. */
export function* looksOf(day: Day): Generator<Snapshot> {
  const machine = new PastMachine(day);
  for (const [index, line] of day.lines.entries()) {
    const at = machine.timeOf(line.at) - (line.passes ?? 0);
    machine.apply(line, index === 0);
    yield machine.lookAt(at);
    const next = day.lines[index + 1];
    if (next === undefined) return;
    const until = machine.timeOf(next.at) - (next.passes ?? 0);
    for (let then = at; then < until;) {
      then += paceAfter(then - at);
      if (then < until - 0.5) yield machine.lookAt(then);
    }
  }
}

/** Throws for a declaration that is none. */
export function expectationsOf({ expect }: DayHead): readonly Expectation[] {
  return expect.map((text) => {
    const parsed = parseExpectation(text);
    if (parsed.kind === 'fault') throw new Error(`${text}: expected ${parsed.expected}`);
    return parsed.value;
  });
}

interface PastSocket {
  readonly facts: SocketFacts;
  readonly openedAt: string | null;
}

/** The machine as the lines read until now describe it. */
class PastMachine {
  readonly #head: DayHead;
  readonly #expectations: readonly Expectation[];
  readonly #passed: readonly { readonly at: number; readonly passes: number }[];
  readonly #processes = new Map<number, ProcessFacts>();
  readonly #sockets = new Map<string, PastSocket>();
  #kernel: Kernel;
  #listeners: readonly Listener[] = [];

  constructor({ head, lines }: Day) {
    this.#head = head;
    this.#expectations = expectationsOf(head);
    this.#kernel = head.kernel;
    this.#passed = lines.flatMap(({ at, passes }) => (passes === undefined ? [] : [{ at, passes }]));
  }

  /** Seconds since the day began, with what was put in until then. */
  timeOf(at: number): number {
    return this.#passed.reduce((sum, one) => (one.at <= at ? sum + one.passes : sum), at);
  }

  apply(line: DayLine, isFirst: boolean): void {
    for (const { pid, startTicks, ...changed } of line.processes ?? []) {
      const known = this.#processes.get(pid);
      const before = known?.startTicks === startTicks ? known : { ...USUAL_PROCESS, pid, startTicks };
      this.#processes.set(pid, { ...before, ...changed });
    }
    const openedAt = isFirst ? null : this.#instant(this.timeOf(line.at) - (line.passes ?? 0));
    for (const { socket, ...facts } of line.opened ?? []) {
      this.#sockets.set(socket, { facts: { ...USUAL_SOCKET, ...facts }, openedAt });
    }
    for (const { socket, ...changed } of line.changed ?? []) {
      const before = this.#sockets.get(socket);
      if (before === undefined) throw new Error(`at ${line.at}: socket ${socket} changes and was not opened`);
      this.#sockets.set(socket, { ...before, facts: { ...before.facts, ...changed } });
    }
    for (const socket of line.closed ?? []) this.#sockets.delete(socket);
    this.#kernel = { ...this.#kernel, ...line.kernel };
    const listeners = [...this.#sockets].map(([name, socket]) => this.#listener(name, socket)).sort(byPlace);
    this.#listeners = withServices(listeners, this.#expectations);
  }

  lookAt(second: number): Snapshot {
    const { name, os, kernelVersion, bootId, bootedAt } = this.#head;
    return {
      schema: 1,
      host: {
        ...{ id: '00000000-0000-4000-8000-000000000000', name, os, kernelVersion, architecture: 'x64' },
        ...{ bootId, bootedAt, addresses: [], labels: {} },
      },
      agent: {
        ...{ version: '0', startedAt: this.#head.begins, endpoint: null, scanEveryMs: 1000 },
        cost: { cpuSeconds: 0, residentBytes: 0, scans: 0 },
      },
      takenAt: this.#instant(second),
      listeners: this.#listeners,
      findings: [],
      coverage: {
        ...{ processes: this.#processes.size, unreadable: 0, namespaces: 1, unattributed: 0, skippedRows: 0 },
        ...{ hidepid: false, notes: [] },
      },
      kernel: this.#kernel,
    };
  }

  #instant(second: number): string {
    return new Date(Date.parse(this.#head.begins) + Math.round(second * 1000)).toISOString();
  }

  #listener(name: string, { facts, openedAt }: PastSocket): Listener {
    const { pids, stuckSince, ...rest } = facts;
    const [inode = name, namespace] = name.split('/').reverse();
    return {
      ...rest,
      inode,
      networkNamespace: namespace ?? this.#head.networkNamespace,
      isHostNamespace: namespace === undefined,
      exposure: exposureOf(rest.address),
      openedAt,
      acceptQueueStuckSince: stuckSince === null ? null : this.#instant(this.timeOf(stuckSince)),
      holders: pids.map((pid) => this.#holder(pid)),
      service: null,
    };
  }

  /** What was put in before a process started makes it start later. */
  #holder(pid: number): Holder {
    const process = this.#processes.get(pid);
    if (process === undefined) throw new Error(`process ${pid} holds a socket and was not told of`);
    const { bootedAt, begins } = this.#head;
    if (process.startTicks === null || bootedAt === null) return { ...process, startedAt: null };
    const started = Date.parse(bootedAt) + process.startTicks * TICK_MS;
    const recorded = (started - Date.parse(begins)) / 1000;
    const shift = this.timeOf(recorded) - recorded;
    return {
      ...process,
      startTicks: process.startTicks + Math.round((shift * 1000) / TICK_MS),
      startedAt: new Date(started + shift * 1000).toISOString(),
    };
  }
}

const TICK_MS = 10;
