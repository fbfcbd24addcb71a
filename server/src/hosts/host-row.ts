import { excusedUntil } from '../silence.ts';
import { worstSeverity } from '../store/worst-severity.ts';
import type { SeenHost } from '../store/store.ts';
import type { HostRow, HostState } from '../views.ts';

/** Signs of life older than this, by the server's clock, mean silence of a machine that keeps the usual pace. */
export type SilentBefore = number;

/** @param heardAt with what the machine is excused for */
export function hostState(hasLeft: boolean, heardAt: number, silentBefore: SilentBefore): HostState {
  if (hasLeft) return 'left';
  return heardAt < silentBefore ? 'silent' : 'reporting';
}

/** Whether the machine reports, is silent or has left. */
export function stateOf({ host, seen }: SeenHost, silentBefore: SilentBefore): HostState {
  return hostState(host.hasLeft, seen ? excusedUntil(seen) : host.firstSeenAt, silentBefore);
}

export function toHostRow(machine: SeenHost, silentBefore: SilentBefore): HostRow {
  const { host: record, seen } = machine;
  const { host, agent, counts } = record;
  const lastSeenAt = seen?.at ?? record.firstSeenAt;
  return {
    id: host.id,
    name: host.name,
    group: record.group,
    state: stateOf(machine, silentBefore),
    os: host.os,
    kernelVersion: host.kernelVersion,
    addresses: host.addresses,
    labels: host.labels,
    agentVersion: agent.version,
    bootId: host.bootId,
    firstSeenAt: new Date(record.firstSeenAt).toISOString(),
    lastSeenAt: new Date(lastSeenAt).toISOString(),
    takenAt: record.takenAt,
    listeners: counts.listeners,
    exposed: counts.public + counts.any,
    unattributed: counts.unattributed,
    openFindings: counts.critical + counts.warning + counts.notice,
    worstSeverity: worstSeverity(counts),
  };
}
