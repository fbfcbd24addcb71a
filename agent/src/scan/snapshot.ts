import { SCHEMA, type AgentInfo, type Finding, type Host, type Snapshot } from '../contract.ts';
import { type Scan, type ScannedHost } from './scanner.ts';

/** What the agent knows of the machine without looking into /proc. */
export type HostIdentity = Omit<Host, keyof ScannedHost>;

/** What a snapshot is made of. */
export interface SnapshotParts {
  readonly scan: Scan;
  readonly host: HostIdentity;
  readonly agent: AgentInfo;
  readonly findings: readonly Finding[];
}

export function composeSnapshot({ scan, host, agent, findings }: SnapshotParts): Snapshot {
  const { id, name, architecture, addresses, labels } = host;
  const { os, kernelVersion, bootId, bootedAt } = scan.host;
  return {
    schema: SCHEMA,
    host: { id, name, os, kernelVersion, architecture, bootId, bootedAt, addresses, labels },
    agent,
    takenAt: scan.takenAt,
    listeners: scan.listeners,
    findings,
    coverage: scan.coverage,
    kernel: scan.kernel,
  };
}
