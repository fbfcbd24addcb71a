import type { Finding, FindingKind, Severity } from '@portlight/server/views';

/** What a finding of either form tells, on one machine or of a group of them. */
export interface AnyFinding {
  readonly kind: FindingKind;
  readonly details: Finding['details'];
}

type DetailsOf<K extends FindingKind> = Extract<Finding, { kind: K }>['details'];

export function ladderOf(finding: AnyFinding): DetailsOf<'ladder'> | null {
  return finding.kind === 'ladder' ? (finding.details as DetailsOf<'ladder'>) : null;
}

export function driftOf(finding: AnyFinding): DetailsOf<'drift'> | null {
  return finding.kind === 'drift' ? (finding.details as DetailsOf<'drift'>) : null;
}

export type Forecast = DetailsOf<'forecast'>;

export function forecastOf(finding: AnyFinding): Forecast | null {
  return finding.kind === 'forecast' ? (finding.details as Forecast) : null;
}

/** Kinds of a program that is elsewhere than expected: that place may be declared the right one. */
export function isPinnable(kind: FindingKind): boolean {
  return kind === 'drift' || kind === 'ladder' || kind === 'exposed';
}

const BY_SEVERITY: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, notice: 2 };

/** Worst first, then the oldest. */
export function byUrgency<T extends { readonly severity: Severity; readonly since: string }>(a: T, b: T): number {
  return BY_SEVERITY[a.severity] - BY_SEVERITY[b.severity] || Date.parse(a.since) - Date.parse(b.since);
}
