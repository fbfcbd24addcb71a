import type { Finding } from '../../src/contract.ts';
import type { Expectation } from '../scenario.ts';

/** What a finding that was expected like that does not say, or says of others; nothing when it says all it should. Pure. */
export function differences(
  expected: Expectation,
  finding: Finding,
  home: number | null,
  pidOf: (server: string) => number,
): readonly string[] {
  return [
    ...homeDifference(finding, home),
    ...causeDifferences(expected, finding, pidOf),
    ...holderDifferences(expected, finding, pidOf),
  ];
}

/** Causes it names and should not. */
export function inventedCauses(
  { causes, mayName = [] }: Expectation,
  finding: Pick<Finding, 'causes'>,
): readonly string[] {
  const right = [...causes.map(({ cause }) => cause), ...mayName];
  return finding.causes.map(({ cause = 'unnamed' }) => cause).filter((cause) => !right.includes(cause));
}

/** `drift + ignored-sigterm`. */
export function expectationText({ kind, causes }: Expectation): string {
  return [kind, ...new Set(causes.map(({ cause }) => cause))].join(' + ');
}

export function findingText({ kind, causes }: Finding): string {
  return [kind, ...new Set(causes.map((cause) => cause.cause ?? cause.kind))].join(' + ');
}

function homeDifference({ port }: Finding, home: number | null): readonly string[] {
  return port === home ? [] : [`its home is ${port ?? 'unknown'} instead of ${home ?? 'unknown'}`];
}

function causeDifferences(
  { causes }: Expectation,
  finding: Finding,
  pidOf: (server: string) => number,
): readonly string[] {
  const missing = causes.filter(
    ({ cause, server }) =>
      !finding.causes.some((one) => one.cause === cause && (server === null || one.pid === pidOf(server))),
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
