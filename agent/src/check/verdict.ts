import { type Step } from '../contract.ts';

/** Of a monitoring plugin, by its exit code. https://www.monitoring-plugins.org/doc/guidelines.html */
export const STATUSES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;
export type Status = (typeof STATUSES)[number];

/** The answer to one thing that was asked. */
export interface Verdict {
  readonly kind: 'expect' | 'free';
  /** Name of the expectation, or the address and port that should be free. */
  readonly subject: string;
  readonly status: Status;
  /** The answer in one line, without the status. */
  readonly sentence: string;
  /** Facts, a line each. */
  readonly evidence: readonly string[];
  readonly steps: readonly Step[];
}

/** What is known to be bad outweighs what could not be seen. */
const RANKS: Readonly<Record<Status, number>> = { OK: 0, WARNING: 1, UNKNOWN: 2, CRITICAL: 3 };

export function byWorst(one: { readonly status: Status }, other: { readonly status: Status }): number {
  return RANKS[other.status] - RANKS[one.status];
}

/** The worst of them; UNKNOWN where nothing was asked. */
export function worstOf(verdicts: readonly Verdict[]): Status {
  return verdicts.toSorted(byWorst)[0]?.status ?? 'UNKNOWN';
}

export function exitCodeOf(status: Status): number {
  return STATUSES.indexOf(status);
}
