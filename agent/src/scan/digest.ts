import { createHash } from 'node:crypto';
import { type Finding, type Host, type Listener } from '../contract.ts';
import { fingerprint } from './fingerprint.ts';

/** What a digest stands for. */
export interface Digested {
  readonly listeners: readonly Listener[];
  readonly labels: Host['labels'];
  readonly findings: readonly Pick<Finding, 'id' | 'severity'>[];
}

/** 43 characters that are the same as long as nothing that matters changed, in whatever order it is listed. */
export function digestOf({ listeners, labels, findings }: Digested): string {
  const parts = [
    listeners.map(fingerprint).sort(),
    Object.entries(labels)
      .map(([name, value]) => JSON.stringify([name, value]))
      .sort(),
    findings.map(({ id, severity }) => JSON.stringify([id, severity])).sort(),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
