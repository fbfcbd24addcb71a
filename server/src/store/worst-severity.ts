import { SEVERITIES, type Severity } from '@portlight/agent/contract';

/** The worst one of which there is any; they are listed worst first. */
export function worstSeverity(counts: Readonly<Record<Severity, number>>): Severity | null {
  return SEVERITIES.find((severity) => counts[severity] > 0) ?? null;
}
