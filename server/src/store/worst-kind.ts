import { SEVERITIES, type Finding, type FindingKind } from '@portlight/agent/contract';

/** What leads the eye on the map, before what has no letter of its own and is critical. */
const BEFORE: readonly FindingKind[] = ['ladder', 'drift', 'missing', 'wedged', 'stale-holder'];
/** What comes after that, and before what has no letter of its own and is not critical. */
const AFTER: readonly FindingKind[] = ['cycling', 'exposed'];

type Judged = Pick<Finding, 'kind' | 'severity'>;

/** Kind of the worst finding: by severity, then as the map shows them. Null without any. */
export function worstKind(findings: readonly Judged[]): FindingKind | null {
  const [worst] = findings.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || rankOf(a) - rankOf(b),
  );
  return worst?.kind ?? null;
}

function rankOf({ kind, severity }: Judged): number {
  const order = [...BEFORE, ...(severity === 'critical' ? ['others', ...AFTER] : [...AFTER, 'others'])];
  return order.indexOf(order.includes(kind) ? kind : 'others');
}
