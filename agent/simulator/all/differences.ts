import type { Finding } from '../../src/contract.ts';
import type { Expectation } from '../scenario.ts';

/** What is wrong with a finding that was expected like that; nothing when it says all it should. Pure. */
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
  { causes, kind }: Expectation,
  finding: Finding,
  pidOf: (server: string) => number,
): readonly string[] {
  const missing = causes.filter(
    ({ cause, server }) =>
      !finding.causes.some((one) => one.cause === cause && (server === null || one.pid === pidOf(server))),
  );
  const invented = finding.causes.filter(() => causes.length === 0 && kind === 'drift');
  return [
    ...missing.map(
      ({ cause, server }) => `no cause ${cause}${server === null ? '' : ` of ${server}, ${pidOf(server)}`}`,
    ),
    ...invented.map(({ cause = 'unnamed', pid }) => `cause ${cause} of ${pid ?? 'nobody'} is invented`),
  ];
}

function holderDifferences(
  { servers }: Expectation,
  { holders }: Finding,
  pidOf: (server: string) => number,
): readonly string[] {
  const [named, real] = [holders.map(({ pid }) => pid), servers.map(pidOf)].map((pids) => pids.toSorted().join(', '));
  return named === real ? [] : [`it speaks of ${named === '' ? 'nobody' : named} instead of ${real}`];
}
