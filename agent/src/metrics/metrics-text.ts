import { type Expectation, type Snapshot } from '../contract.ts';
import { type PushFigures } from '../push/push-figures.ts';
import { ownMetrics, pushMetrics, scanMetrics } from './agent-metrics.ts';
import { exposition } from './exposition.ts';
import { type Counted } from './figures.ts';
import { listenerMetrics } from './listener-metrics.ts';
import { coverageMetrics, kernelMetrics } from './machine-metrics.ts';
import { expectedMetrics, findingMetrics } from './service-metrics.ts';

export interface MetricsParts {
  readonly snapshot: Snapshot;
  readonly expectations: readonly Expectation[];
  readonly counted: Counted;
  /** null without an aggregator. */
  readonly push: PushFigures | null;
  /** What /healthz says. */
  readonly isHealthy: boolean;
  /** `--metrics-max-listeners`. */
  readonly mostListeners: number;
}

/** Everything of `/metrics` and of the textfile. What is not known has no series. */
export function metricsText(parts: MetricsParts): string {
  const { snapshot, expectations, counted, push, isHealthy, mostListeners } = parts;
  const { listeners, findings, coverage, kernel, agent, takenAt } = snapshot;
  // Where not even a process is seen, as with a wrong --proc-root, an empty table of listeners says nothing.
  const isBlind = coverage.processes === 0;
  const seen = isBlind
    ? []
    : [
        ...listenerMetrics(listeners, mostListeners),
        ...expectedMetrics(listeners, expectations),
        ...findingMetrics(findings, mostListeners),
      ];
  return exposition([
    ...seen,
    ...scanMetrics(counted, takenAt),
    ...coverageMetrics(coverage),
    ...kernelMetrics(kernel),
    ...pushMetrics(push),
    ...ownMetrics(agent, isHealthy),
  ]);
}
