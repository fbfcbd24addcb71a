import { worstSeverity } from '../store/worst-severity.ts';
import type { SeenHost } from '../store/store.ts';
import type { HostRow, HostState } from '../views.ts';

/** Older signs of life than this, by the server's clock, mean silence. */
export type SilentBefore = number;

export function hostState(hasLeft: boolean, lastSeenAt: number, silentBefore: SilentBefore): HostState {
  if (hasLeft) return 'left';
  return lastSeenAt < silentBefore ? 'silent' : 'reporting';
}

export function toHostRow({ host: record, seen }: SeenHost, silentBefore: SilentBefore): HostRow {
  const { host, agent, counts } = record;
  const lastSeenAt = seen?.at ?? record.firstSeenAt;
  return {
    id: host.id,
    name: host.name,
    group: record.group,
    state: hostState(record.hasLeft, lastSeenAt, silentBefore),
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
