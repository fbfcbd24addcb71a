import { SEVERITIES, type Finding, type FindingKind } from '@portlight/agent/contract';

/** What leads the eye on the map; all other kinds come after. */
const FIRST: readonly FindingKind[] = ['ladder', 'drift', 'stale-holder'];

/** Kind of the worst finding: by severity, then as the map shows them. Null without any. */
export function worstKind(findings: readonly Pick<Finding, 'kind' | 'severity'>[]): FindingKind | null {
  const [worst] = findings.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || rankOf(a.kind) - rankOf(b.kind),
  );
  return worst?.kind ?? null;
}

function rankOf(kind: FindingKind): number {
  return FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length;
}
