import type { Finding, Listener } from '@portlight/server/views';
import { holder, listener } from '../src/test/listeners.ts';

/** A machine that is not there: what an agent would push of it. */
interface PushedMachine {
  readonly name: string;
  readonly findings: readonly Finding[];
  readonly listeners: readonly Listener[];
}

/** The network namespace that the findings and listeners of tests are in. */
const NAMESPACE = '1';

/** One process on the port of a finding, as the finding names it. */
export function listenerOn(port: number, pid: number, changes: Partial<Listener> = {}): Listener {
  return {
    ...listener,
    port,
    inode: String(10 * port + 1),
    networkNamespace: NAMESPACE,
    holders: [{ ...holder, pid, startTicks: pid * 10 }],
    ...changes,
  };
}

/** Tells the server of the machine, whole; `sequence` counts up with each push of the same machine. */
export async function pushMachine(server: string, machine: PushedMachine, sequence = 1): Promise<void> {
  const response = await fetch(`${server}/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fullPush(machine, sequence)),
  });
  if (response.status !== 202) throw new Error(`${machine.name} was not taken: ${await response.text()}`);
}

function fullPush({ name, findings, listeners }: PushedMachine, sequence: number): unknown {
  const now = new Date().toISOString();
  const processes = listeners.flatMap(({ holders }) => holders);
  const agentStartedAt = '2026-11-23T00:00:00.000Z';
  return {
    kind: 'full',
    hostId: `host-${name}`,
    bootId: null,
    agentStartedAt,
    sequence,
    sentAt: now,
    digest: `${name} ${sequence}`,
    liveToken: 'a live token of a machine that is not there',
    processes,
    snapshot: {
      schema: 1,
      host: { ...HOST, id: `host-${name}`, name },
      agent: { ...AGENT, startedAt: agentStartedAt },
      takenAt: now,
      listeners: listeners.map((each) => ({ ...each, holders: each.holders.map((one) => processes.indexOf(one)) })),
      findings,
      coverage: COVERAGE,
      kernel: KERNEL,
    },
  };
}

const HOST = {
  os: 'Ubuntu 20.04.6 LTS',
  kernelVersion: '5.4.0-190-generic',
  architecture: 'x64',
  bootId: null,
  bootedAt: '2026-11-17T02:00:00.000Z',
  addresses: ['192.0.2.10'],
  labels: {},
};
const AGENT = {
  version: '0.1.0',
  endpoint: null,
  scanEveryMs: 1000,
  cost: { cpuSeconds: 1, residentBytes: 70_000_000, scans: 100 },
};
const COVERAGE = {
  processes: 120,
  unreadable: 0,
  namespaces: 1,
  unattributed: 0,
  skippedRows: 0,
  hidepid: false,
  notes: [],
};
const KERNEL = {
  ephemeralPorts: [32_768, 60_999],
  reservedPorts: [],
  somaxconn: 4096,
  listenOverflows: 0,
  listenDrops: 0,
  tcpInUse: 12,
  timeWait: 3,
  ephemeralInUse: null,
  fileHandles: null,
  processes: null,
};
