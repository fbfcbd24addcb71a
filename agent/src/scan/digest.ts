import { createHash } from 'node:crypto';
import { type Finding, type Host, type Snapshot } from '../contract.ts';
import { fingerprint } from './fingerprint.ts';

/** The parts of a snapshot that a digest stands for. */
export interface Digested extends Pick<Snapshot, 'listeners'> {
  readonly host: Pick<Host, 'labels'>;
  readonly findings: readonly Pick<Finding, 'id' | 'severity'>[];
}

/** 43 characters that are the same as long as nothing that matters changed, in whatever order it is listed. */
export function digestOf({ listeners, host, findings }: Digested): string {
  const parts = [
    listeners.map(fingerprint).sort(),
    Object.entries(host.labels)
      .map(([name, value]) => JSON.stringify([name, value]))
      .sort(),
    findings.map(({ id, severity }) => JSON.stringify([id, severity])).sort(),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
