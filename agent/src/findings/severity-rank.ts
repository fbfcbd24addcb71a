import { SEVERITIES, type Severity } from '../contract.ts';

/** 0 is the worst. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
