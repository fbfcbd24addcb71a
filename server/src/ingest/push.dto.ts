import type {
  AlivePush,
  ChangePush,
  ClosedListener,
  Finding,
  FullPush,
  Gauges,
  Holder,
  Instant,
  LeavingPush,
  ListenerGauge,
  PushEnvelope,
  PushedEvent,
  PushedListener,
  PushedSnapshot,
} from '@portlight/agent/contract';
import { findings } from '../validation/finding-rules.ts';
import { Rules } from '../validation/rules.decorator.ts';
import {
  count,
  exactly,
  instant,
  integer,
  listOf,
  optional,
  orNull,
  record,
  text,
  type Rule,
  type RulesOf,
} from '../validation/rule.ts';
import {
  bootId,
  connections,
  eventKind,
  holder,
  holderIndex,
  hostId,
  kernelNumbers,
  MAX_ROWS,
  pushedListener,
  pushedSnapshot,
  socketRules,
} from '../validation/snapshot-rules.ts';

const digest: Rule = text(64, 1);

const envelope: RulesOf<PushEnvelope> = {
  hostId,
  bootId,
  agentStartedAt: instant,
  sequence: integer(1, Number.MAX_SAFE_INTEGER),
  sentAt: instant,
  digest,
  expectationsVersion: optional(text(64, 1)),
};

const event = record<PushedEvent>({
  ...socketRules,
  // A gap's socket fields mean nothing.
  address: text(64),
  networkNamespace: text(20),
  inode: text(20),
  id: integer(1, Number.MAX_SAFE_INTEGER),
  at: instant,
  kind: eventKind,
  holders: listOf(holderIndex, 64),
  detail: orNull(text(4_096)),
  from: optional(instant),
  agentStartedAt: optional(instant),
});

/** A kilobyte has room for a dozen. */
const MAX_GAUGES = 32;

const gauges = record<Gauges>({
  listeners: listOf(
    record<ListenerGauge>({
      inode: socketRules.inode,
      networkNamespace: socketRules.networkNamespace,
      acceptQueue: orNull(count),
      connections,
    }),
    MAX_GAUGES,
  ),
  kernel: record<Gauges['kernel']>(kernelNumbers),
});

const processes: Rule = listOf(holder, MAX_ROWS);
const events: Rule = listOf(event, MAX_ROWS);

class Envelope implements PushEnvelope {
  readonly hostId: string;
  readonly bootId: string | null;
  readonly agentStartedAt: Instant;
  readonly sequence: number;
  readonly sentAt: Instant;
  readonly digest: string;
  readonly expectationsVersion?: string;
}

@Rules<FullPush>({
  ...envelope,
  kind: exactly('full'),
  snapshot: pushedSnapshot,
  processes,
  liveToken: text(256, 16),
  events: optional(events),
  lookedUntil: optional(instant),
})
export class FullPushDto extends Envelope implements FullPush {
  readonly kind: 'full';
  readonly snapshot: PushedSnapshot;
  readonly processes: readonly Holder[];
  readonly liveToken: string;
  readonly events?: readonly PushedEvent[];
  readonly lookedUntil?: Instant;
}

@Rules<ChangePush>({
  ...envelope,
  kind: exactly('change'),
  baseDigest: digest,
  opened: listOf(pushedListener, MAX_ROWS),
  changed: listOf(pushedListener, MAX_ROWS),
  closed: listOf(record<ClosedListener>(socketRules), MAX_ROWS),
  processes,
  events,
  findings: orNull(findings),
})
export class ChangePushDto extends Envelope implements ChangePush {
  readonly kind: 'change';
  readonly baseDigest: string;
  readonly opened: readonly PushedListener[];
  readonly changed: readonly PushedListener[];
  readonly closed: readonly ClosedListener[];
  readonly processes: readonly Holder[];
  readonly events: readonly PushedEvent[];
  readonly findings: readonly Finding[] | null;
}

@Rules<AlivePush>({ ...envelope, kind: exactly('alive'), gauges: optional(gauges) })
export class AlivePushDto extends Envelope implements AlivePush {
  readonly kind: 'alive';
  readonly gauges?: Gauges;
}

@Rules<LeavingPush>({ ...envelope, kind: exactly('leaving') })
export class LeavingPushDto extends Envelope implements LeavingPush {
  readonly kind: 'leaving';
}
