/** The agent itself as metrics: what it did and what it costs. Pure. */
import { type AgentInfo, type Instant } from '../contract.ts';
import { type PushFigures } from '../push/push-figures.ts';
import { counter, counters, gauge, latest, type Family } from './exposition.ts';
import { type Counted } from './figures.ts';
import { Labels } from './labels.ts';
import { seconds } from './seconds.ts';

export function scanMetrics(counted: Counted, takenAt: Instant | null): readonly Family[] {
  return [
    counter('portlight_listener_opened_total', 'Listeners that opened since the agent started.', counted.opened),
    counter('portlight_listener_closed_total', 'Listeners that closed since the agent started.', counted.closed),
    {
      kind: 'histogram',
      name: 'portlight_scan_duration_seconds',
      help: 'How long the scans took: reading, judging and telling.',
      histogram: counted.scanSeconds,
    },
    gauge('portlight_scan_timestamp_seconds', 'When the last scan was made.', seconds(takenAt)),
  ];
}

/** @param push null without an aggregator: then nothing is pushed, and nothing can be dropped. */
export function pushMetrics(push: PushFigures | null): readonly Family[] {
  const dropped = counter(
    'portlight_events_dropped_total',
    'Events that were lost: the aggregator was away for too long, or they could not be read back.',
    push?.eventsDropped ?? 0,
  );
  if (push === null) return [dropped];
  return [
    counters(
      'portlight_push_requests_total',
      'Pushes to the aggregator by what became of them.',
      Object.entries(push.results).map(([result, value]) => ({ labels: Labels.of({ result }), value })),
    ),
    counter('portlight_push_bytes_total', 'Bytes sent to the aggregator, compressed as they were.', push.bytes),
    gauge(
      'portlight_push_last_success_timestamp_seconds',
      'When the aggregator last accepted a push; absent before it did.',
      seconds(push.lastSuccessAt),
    ),
    gauge('portlight_push_queued_events', 'Events the aggregator has not acknowledged yet.', push.queuedEvents),
    gauge('portlight_spool_events', 'Of those, events in the state directory.', push.spooled.events),
    gauge('portlight_spool_bytes', 'Bytes these take there.', push.spooled.bytes),
    gauge(
      'portlight_spool_writable',
      'Whether the state directory takes what has to survive the agent: 1 or 0.',
      Number(push.isSpoolWritable),
    ),
    dropped,
  ];
}

export function ownMetrics(agent: AgentInfo, isHealthy: boolean): readonly Family[] {
  const { version, scanEveryMs, startedAt, cost } = agent;
  return [
    latest('portlight_build_info', 'Version of the agent; always 1.', [{ labels: Labels.of({ version }), value: 1 }]),
    gauge('portlight_healthy', 'Whether /healthz says ok: 1, or 0 when it says degraded.', Number(isHealthy)),
    gauge('portlight_start_timestamp_seconds', 'When the agent started.', seconds(startedAt)),
    gauge('portlight_scan_interval_seconds', 'Time from scan to scan.', scanEveryMs / 1000),
    counter('portlight_agent_cpu_seconds_total', 'User and system CPU time of the agent.', cost.cpuSeconds),
    gauge('portlight_agent_resident_bytes', 'Resident memory of the agent.', cost.residentBytes),
  ];
}
