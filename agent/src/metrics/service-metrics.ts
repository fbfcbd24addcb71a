/** What is declared and what is wrong, as metrics. Pure. */
import { type Expectation, type Finding, type Listener } from '../contract.ts';
import { hasSelectors } from '../findings/expectation.ts';
import { isAtPlace, serves } from '../findings/services.ts';
import { gauge, latest, type Family } from './exposition.ts';
import { Labels } from './labels.ts';

export function expectedMetrics(
  listeners: readonly Listener[],
  expectations: readonly Expectation[],
): readonly Family[] {
  return [
    latest(
      'portlight_expected_up',
      'Whether a declared service (--expect) is served where it belongs; absent when its holder may not be seen.',
      expectations.map((expectation) => ({
        labels: Labels.of({ service: expectation.name }),
        value: isUp(listeners, expectation),
      })),
    ),
  ];
}

/** @param most findings at most, the worst first as they come; what is left out is counted. */
export function findingMetrics(findings: readonly Finding[], most: number): readonly Family[] {
  return [
    latest(
      'portlight_finding',
      'Something wrong with a program and its port, while it is; always 1.',
      findings.slice(0, most).map(({ kind, severity, program, service, address, port }) => ({
        labels: Labels.of({
          kind,
          severity,
          program,
          service: service ?? '',
          address: address ?? '',
          port: String(port ?? ''),
        }),
        value: 1,
      })),
    ),
    gauge(
      'portlight_findings_omitted',
      'Findings that have no series of their own because of --metrics-max-listeners.',
      Math.max(0, findings.length - most),
    ),
  ];
}

function isUp(listeners: readonly Listener[], expectation: Expectation): number | null {
  if (listeners.some((listener) => serves(listener, expectation))) return 1;
  const isUnseen = listeners.some((listener) => isAtPlace(listener, expectation) && listener.holdersUnknown !== null);
  return isUnseen && hasSelectors(expectation) ? null : 0;
}
