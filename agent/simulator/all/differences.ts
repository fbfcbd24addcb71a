import type { Finding, FindingCause, FindingKind, Severity } from '../../src/contract.ts';
import type { Expectation, Scenario } from '../scenario.ts';

/** What a finding that was expected like that does not say, or says of others; nothing when it says all it should. Pure. */
export function differences(
  expected: Expectation,
  finding: Finding,
  home: number | null,
  pidOf: (server: string) => number,
): readonly string[] {
  return [
    ...homeDifference(finding, home),
    ...severityDifference(expected, finding),
    ...flappingDifference(expected, finding),
    ...wordsDifference(expected, finding),
    ...causeDifferences(expected, finding, pidOf),
    ...holderDifferences(expected, finding, pidOf),
  ];
}

/** Causes it names and should not, now or later. */
export function inventedCauses(
  { causes, later, mayName = [] }: Expectation,
  finding: Pick<Finding, 'causes'>,
): readonly string[] {
  const right = [...[...causes, ...(later?.causes ?? [])].map(({ cause }) => cause), ...mayName];
  return finding.causes.map(causeName).filter((cause) => !right.includes(cause));
}

/** `drift + ignored-sigterm`, as it is in the end. */
export function expectationText({ kind, flapping, ...claim }: Expectation): string {
  const { causes, severity = null } = { ...claim, ...claim.later };
  return gist(
    kind,
    severity,
    flapping !== undefined,
    causes.map(({ cause }) => cause),
  );
}

/** The severity is said where it was expected. */
export function findingText(
  { kind, severity, flapping, causes }: Finding,
  { expects }: Pick<Scenario, 'expects'>,
): string {
  const isOwed = expects.some((one) => one.kind === kind && (one.severity ?? one.later?.severity) !== undefined);
  return gist(kind, isOwed ? severity : null, flapping !== undefined, causes.map(causeName));
}

function gist(kind: FindingKind, severity: Severity | null, isFlapping: boolean, causes: readonly string[]): string {
  const what = [...(isFlapping ? ['flapping'] : []), kind, ...(severity === null ? [] : [`(${severity})`])].join(' ');
  return [what, ...new Set(causes)].join(' + ');
}

/** What explains it, by the word that says most. */
function causeName({ kind, cause = kind }: FindingCause): string {
  return cause;
}

function homeDifference({ port }: Finding, home: number | null): readonly string[] {
  return port === home ? [] : [`its home is ${port ?? 'unknown'} instead of ${home ?? 'unknown'}`];
}

function severityDifference({ severity }: Expectation, finding: Finding): readonly string[] {
  const isSo = severity === undefined || finding.severity === severity;
  return isSo ? [] : [`it is ${finding.severity} instead of ${severity}`];
}

function flappingDifference({ flapping = 0 }: Expectation, finding: Finding): readonly string[] {
  const count = finding.flapping?.count ?? 0;
  return count >= flapping ? [] : [`it flapped ${count} times instead of ${flapping}`];
}

function wordsDifference({ says = '' }: Expectation, { why }: Finding): readonly string[] {
  return why.includes(says) ? [] : [`it says “${why}” and not “${says}”`];
}

function causeDifferences(
  { causes }: Expectation,
  finding: Finding,
  pidOf: (server: string) => number,
): readonly string[] {
  const missing = causes.filter(
    ({ cause, server }) =>
      !finding.causes.some((one) => causeName(one) === cause && (server === null || one.pid === pidOf(server))),
  );
  return missing.map(
    ({ cause, server }) => `no cause ${cause}${server === null ? '' : ` of ${server}, ${pidOf(server)}`}`,
  );
}

function holderDifferences(
  { servers }: Expectation,
  { holders }: Finding,
  pidOf: (server: string) => number,
): readonly string[] {
  const [named, real] = [holders.map(({ pid }) => pid), servers.map(pidOf)].map((pids) => pids.toSorted().join(', '));
  return named === real ? [] : [`it speaks of ${named === '' ? 'nobody' : named} instead of ${real}`];
}
