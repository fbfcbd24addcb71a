/** The bodies that a synthetic machine pushes. */
import type {
  ChangePush,
  EventKind,
  FullPush,
  Gauges,
  Holder,
  PushedEvent,
  PushedListener,
  PushEnvelope,
} from '@portlight/agent/contract';
import { findingsAt } from './incidents.ts';
import { instant, restlessRows, type Machine, type Row } from './machine.ts';
import { hex, mix } from './numbers.ts';
import { steadyTexts, type RowText } from './steady.ts';

/** What each push of a machine has that does not follow from the machine. */
export interface Told {
  /** As the contract writes times. */
  readonly agentStartedAt: string;
  readonly sequence: number;
  readonly sentAt: string;
  /** Changes of the machine's life, as they are after this push. */
  readonly step: number;
  readonly expectationsVersion: string | null;
}

/** Events of a push: their ids follow `lastId`. */
export interface Happened {
  readonly lastId: number;
  readonly at: string;
}

export function digestOf(hostBits: number, step: number): string {
  return `${hex(mix(hostBits, step))}${hex(mix(step, hostBits))}${hex(mix(hostBits + 1, step))}${hex(mix(hostBits + 2, step))}`;
}

function envelopeOf({ id, bits, bootId }: Machine, told: Told): PushEnvelope {
  const { agentStartedAt, sequence, sentAt, step, expectationsVersion } = told;
  return {
    hostId: id,
    bootId,
    agentStartedAt,
    sequence,
    sentAt,
    digest: digestOf(bits, step),
    ...(expectationsVersion === null ? {} : { expectationsVersion }),
  };
}

/** Each process of one body once. */
class Processes {
  readonly list: Holder[] = [];
  readonly #indices = new Map<number, number>();

  index({ listener, holders }: Row): PushedListener {
    return { ...listener, holders: holders.map((holder) => this.#indexOf(holder)) };
  }

  #indexOf(holder: Holder): number {
    const known = this.#indices.get(holder.pid);
    if (known !== undefined) return known;
    this.#indices.set(holder.pid, this.list.length);
    return this.list.push(holder) - 1;
  }
}

/** A body as it goes over the wire. */
export interface BodyText {
  readonly json: string;
  readonly events: number;
}

/** @param pending events of the change to this step that were not acknowledged; null: none */
export function fullText(machine: Machine, told: Told, pending: Happened | null): BodyText {
  const processes = new Processes();
  const restless = restlessRows(machine, told.step).map((row) => processes.index(row));
  const events = pending ? eventsOf(stepsBetween(machine, told.step), pending, processes) : [];
  const steady = steadyTexts(machine, processes.list.length);
  const rows = [...steady.rows, ...restless.map(rowText)].sort(inOrder).map(({ json }) => json);
  const body: FullPush = {
    kind: 'full',
    ...envelopeOf(machine, told),
    snapshot: { ...snapshotOf(machine, told), listeners: [] },
    processes: [],
    liveToken: `live-token-of-${machine.id}`,
    events,
  };
  const all = [...processes.list.map((holder) => JSON.stringify(holder)), ...steady.processes];
  const json = JSON.stringify(body)
    .replace('"listeners":[]', () => `"listeners":[${rows.join(',')}]`)
    .replace('"processes":[]', () => `"processes":[${all.join(',')}]`);
  return { json, events: events.length };
}

function rowText(listener: PushedListener): RowText {
  const { isHostNamespace, port } = listener;
  return { isHostNamespace, port, json: JSON.stringify(listener) };
}

function inOrder(a: RowText, b: RowText): number {
  return Number(b.isHostNamespace) - Number(a.isHostNamespace) || a.port - b.port;
}

function snapshotOf(machine: Machine, told: Told): Omit<FullPush['snapshot'], 'listeners'> {
  return {
    schema: 1,
    host: hostOf(machine),
    agent: {
      version: '0.1.0',
      startedAt: told.agentStartedAt,
      endpoint: 'http://127.0.0.1:9620',
      scanEveryMs: 1_000,
      cost: { cpuSeconds: 12.5, residentBytes: 70_000_000, scans: told.sequence * 15 },
    },
    takenAt: told.sentAt,
    findings: findingsAt(machine, told.step),
    coverage: {
      processes: 240,
      unreadable: 0,
      namespaces: 1,
      unattributed: 0,
      skippedRows: 0,
      hidepid: false,
      notes: [],
    },
    kernel: { ...gaugesAt(machine.bits, told.sequence).kernel, reservedPorts: [] },
  };
}

function hostOf({ id, name, bits, bootId, bootedAt }: Machine): FullPush['snapshot']['host'] {
  const address = `10.${bits & 255}.${(bits >>> 8) & 255}.${(bits >>> 16) & 255}`;
  return {
    id,
    name,
    os: 'Ubuntu 24.04.3 LTS',
    kernelVersion: '6.8.0-79-generic',
    architecture: 'x64',
    bootId,
    bootedAt: instant(bootedAt),
    addresses: [address],
    labels: { zone: name.split('-')[1] ?? 'a', role: name.split('-')[0] ?? 'web' },
  };
}

interface Difference {
  readonly before: readonly Row[];
  readonly after: readonly Row[];
}

/** The one change that led to this step. */
function stepsBetween(machine: Machine, step: number): Difference {
  return { before: restlessRows(machine, step - 1), after: restlessRows(machine, step) };
}

function without(rows: readonly Row[], others: readonly Row[]): readonly Row[] {
  return rows.filter(({ listener }) => !others.some((other) => other.listener.inode === listener.inode));
}

/** Those in both whose queue began or ceased to stand. */
function turned({ before, after }: Difference): readonly Row[] {
  return after.filter(({ listener }) => {
    const old = before.find((row) => row.listener.inode === listener.inode);
    return old !== undefined && old.listener.acceptQueueStuckSince !== listener.acceptQueueStuckSince;
  });
}

/** The change that leads to `told.step`. */
export function changeText(machine: Machine, told: Told, happened: Happened): BodyText {
  const processes = new Processes();
  const difference = stepsBetween(machine, told.step);
  const [before, after] = [findingsAt(machine, told.step - 1), findingsAt(machine, told.step)];
  const isSame = before.length === 0 && after.length === 0;
  const body: ChangePush = {
    kind: 'change',
    ...envelopeOf(machine, told),
    baseDigest: digestOf(machine.bits, told.step - 1),
    opened: without(difference.after, difference.before).map((row) => processes.index(row)),
    changed: turned(difference).map((row) => processes.index(row)),
    closed: without(difference.before, difference.after).map(({ listener }) => {
      const { protocol, address, port, networkNamespace, inode } = listener;
      return { protocol, address, port, networkNamespace, inode };
    }),
    events: eventsOf(difference, happened, processes),
    findings: isSame ? null : after,
    processes: processes.list,
  };
  return { json: JSON.stringify(body), events: body.events.length };
}

function eventsOf(difference: Difference, { lastId, at }: Happened, processes: Processes): readonly PushedEvent[] {
  const { before, after } = difference;
  const happened: readonly { readonly kind: EventKind; readonly row: Row }[] = [
    ...without(before, after).map((row) => ({ kind: 'closed' as const, row })),
    ...without(after, before).map((row) => ({ kind: 'opened' as const, row })),
    ...turned(difference).map((row) => ({ kind: queueEvent(row), row })),
  ];
  return happened.map(({ kind, row }, number) => {
    const { protocol, address, port, networkNamespace, inode, holders } = processes.index(row);
    return {
      id: lastId + 1 + number,
      at,
      kind,
      protocol,
      address,
      port,
      networkNamespace,
      inode,
      holders,
      detail: null,
    };
  });
}

function queueEvent({ listener }: Row): EventKind {
  return listener.acceptQueueStuckSince === null ? 'queue-moving' : 'queue-stuck';
}

/** The machine's numbers at that push, and the connections of its restless program. */
export function gaugesAt(bits: number, sequence: number): Gauges {
  const moved = mix(bits, sequence);
  return {
    listeners: [
      {
        inode: '20000',
        networkNamespace: '4026531840',
        acceptQueue: 0,
        connections: {
          established: moved % 40,
          unaccepted: 0,
          synReceived: 0,
          closeWait: 0,
          finWait: 0,
          timeWait: moved % 7,
        },
      },
    ],
    kernel: {
      ephemeralPorts: [32_768, 60_999],
      somaxconn: 4_096,
      listenOverflows: 0,
      listenDrops: 0,
      tcpInUse: 12 + (moved % 100),
      timeWait: moved % 50,
      ephemeralInUse: null,
      fileHandles: { used: 1_000 + (moved % 500), max: 9_223_372 },
      processes: { used: 300 + (moved % 20), max: 32_768 },
    },
  };
}
