import { SCHEMA, SEVERITIES, type Finding, type Listener, type Snapshot } from '@portlight/agent/contract';
import { compareText } from '../compare-text.ts';
import { gaugeKey, type Heard } from '../ingest/gauge-book.ts';
import type { JudgedMachine } from '../store/finding-store.ts';
import type { KeptListener, Machine } from '../store/store.ts';

/** What is kept of a machine as the snapshot it came from, with the numbers that moved since. */
export function storedSnapshot(machine: JudgedMachine, gauges: Heard | null): Snapshot {
  const { host, agent, takenAt, coverage, kernel } = machine.host;
  const listeners = machine.listeners.map((listener) => withHolders(listener, machine)).toSorted(byPlace);
  return {
    schema: SCHEMA,
    host,
    agent,
    takenAt,
    listeners: gauges ? withGauges(listeners, gauges) : listeners,
    findings: machine.findings.toSorted(byWeight),
    coverage,
    kernel: { ...kernel, ...gauges?.kernel },
  };
}

function withHolders(listener: KeptListener, { processes }: Machine): Listener {
  return { ...listener, holders: listener.holders.flatMap((pid) => processes.get(pid) ?? []) };
}

/** The contract's order: host namespace first, then namespace, port, protocol, address. */
function byPlace(a: Listener, b: Listener): number {
  return (
    Number(b.isHostNamespace) - Number(a.isHostNamespace) ||
    compareText(a.networkNamespace, b.networkNamespace) ||
    a.port - b.port ||
    compareText(a.protocol, b.protocol) ||
    compareText(a.address, b.address) ||
    compareText(a.inode, b.inode)
  );
}

/** The agent's order: the worst first. */
function byWeight(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    (a.port ?? 0) - (b.port ?? 0) ||
    compareText(a.id, b.id)
  );
}

function withGauges(listeners: readonly Listener[], gauges: Heard): readonly Listener[] {
  return listeners.map((listener) => {
    const gauge = gauges.listeners.get(gaugeKey(listener));
    return gauge ? { ...listener, acceptQueue: gauge.acceptQueue, connections: gauge.connections } : listener;
  });
}
