/** The bodies of a push, from what the aggregator knows and what was seen since. Pure. */
import type {
  AlivePush,
  ChangePush,
  FullPush,
  Gauges,
  Instant,
  LeavingPush,
  PushedEvent,
  PushEnvelope,
  Snapshot,
} from '../contract.ts';
import { changesBetween } from '../scan/changes.ts';
import type { Sight } from '../scan/machine.ts';
import { Processes } from './indexed-holders.ts';
import type { UnsentEvent } from './outbox.ts';

/** Who pushes, and the next number. */
export interface Sender {
  readonly liveToken: string;
  readonly sequence: number;
  readonly sentAt: Date;
  /** Null: none were handed down. */
  readonly expectationsVersion: string | null;
  /** Until when the start before this one looked; null: not known. */
  readonly lookedUntil: Instant | null;
}

function envelope({ snapshot, digest }: Sight, { sequence, sentAt, expectationsVersion }: Sender): PushEnvelope {
  const { host, agent } = snapshot;
  return {
    hostId: host.id,
    bootId: host.bootId,
    agentStartedAt: agent.startedAt,
    sequence,
    sentAt: sentAt.toISOString(),
    digest,
    ...(expectationsVersion === null ? {} : { expectationsVersion }),
  };
}

const indexEvents = (events: readonly UnsentEvent[], processes: Processes): PushedEvent[] =>
  events.map((event) => processes.index(event));

export function fullPush(sight: Sight, events: readonly UnsentEvent[], sender: Sender): FullPush {
  const processes = new Processes();
  const listeners = sight.snapshot.listeners.map((listener) => processes.index(listener));
  const unsent = indexEvents(events, processes);
  return {
    kind: 'full',
    ...envelope(sight, sender),
    snapshot: { ...sight.snapshot, listeners },
    processes: processes.list,
    liveToken: sender.liveToken,
    events: unsent,
    ...(sender.lookedUntil === null ? {} : { lookedUntil: sender.lookedUntil }),
  };
}

const findingsOf = (snapshot: Snapshot) => JSON.stringify(snapshot.findings);

/** @param known what the aggregator acknowledged last */
export function changePush(known: Sight, sight: Sight, events: readonly UnsentEvent[], sender: Sender): ChangePush {
  const processes = new Processes();
  const { opened, changed, closed } = changesBetween(known.snapshot.listeners, sight.snapshot.listeners, sender.sentAt);
  const body = {
    kind: 'change' as const,
    ...envelope(sight, sender),
    baseDigest: known.digest,
    opened: opened.map((listener) => processes.index(listener)),
    changed: changed.map((listener) => processes.index(listener)),
    closed,
    events: indexEvents(events, processes),
    findings: findingsOf(known.snapshot) === findingsOf(sight.snapshot) ? null : sight.snapshot.findings,
  };
  return { ...body, processes: processes.list };
}

/** Events of before a first full push: whatever state the aggregator has, it stays. */
export function eventsPush(sight: Sight, events: readonly UnsentEvent[], sender: Sender): ChangePush {
  return changePush(sight, sight, events, sender);
}

/** @param gauges null: nothing moved */
export const alivePush = (sight: Sight, gauges: Gauges | null, sender: Sender): AlivePush => ({
  kind: 'alive',
  ...envelope(sight, sender),
  ...(gauges === null ? {} : { gauges }),
});

export const leavingPush = (sight: Sight, sender: Sender): LeavingPush => ({
  kind: 'leaving',
  ...envelope(sight, sender),
});
