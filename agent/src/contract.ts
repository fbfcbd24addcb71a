/**
 * The wire: what an agent says of its machine, to `/ports` and to the aggregator. The agent produces these types and owns
 * them; the server imports them as `@portlight/agent/contract` and exports views of its own.
 *
 * Unknown is `null`, never 0, -1 or "". Times are {@link Instant}s; a quantity carries its unit in its name.
 */

import {
  type AgentInfo,
  type Coverage,
  type Host,
  type Holder,
  type Instant,
  type Kernel,
  type Listener,
  type Protocol,
} from './contract/facts.ts';
import { type Finding, type HandedExpectations } from './contract/findings.ts';

export * from './contract/facts.ts';
export * from './contract/findings.ts';

/** Number of the format; the aggregator serves the last two. */
export const SCHEMA = 1;

/** Everything the agent knows at one moment: the answer of `/ports`. */
export interface Snapshot {
  readonly schema: typeof SCHEMA;
  readonly host: Host;
  readonly agent: AgentInfo;
  readonly takenAt: Instant;
  /** Sorted by network namespace (the host's first), port, protocol, address. */
  readonly listeners: readonly Listener[];
  readonly findings: readonly Finding[];
  readonly coverage: Coverage;
  readonly kernel: Kernel;
}

export const EVENT_KINDS = [
  'opened',
  'closed',
  'holders-changed',
  'program-changed',
  'queue-stuck',
  'queue-moving',
  'gap',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * Something that happened to a listener. A `gap` says that nobody looked until `at`, or that events were lost; its socket
 * fields mean nothing.
 */
export interface Event {
  /** Ascending from 1 within one agent start. */
  readonly id: number;
  /** The scan that saw it. */
  readonly at: Instant;
  readonly kind: EventKind;
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly networkNamespace: string;
  readonly inode: string;
  /** After the event; for `closed`, the last ones known. */
  readonly holders: readonly Holder[];
  readonly detail: string | null;
  /** Of a gap: since when nobody looked; left out where events were lost, and by all other kinds. */
  readonly from?: Instant;
}

/** A finding that opened, or closed. `finding` is as it was then. */
export interface FindingChange {
  readonly at: Instant;
  readonly kind: 'finding-opened' | 'finding-closed';
  readonly finding: Finding;
}

/** One line of `/events` and of `portlight watch`. `sequence` ascends from 1 within one agent start, over both kinds. */
export type Happening = (Event | FindingChange) & { readonly sequence: number };

/** Answer of `/events`. */
export interface Happenings {
  /** Oldest first, after the `since` that was asked for. */
  readonly items: readonly Happening[];
  /** Give it back as `since`; that of the newest one there is. */
  readonly lastSequence: number;
  /** Of those asked for, the ones no longer kept. */
  readonly dropped: number;
  readonly agentStartedAt: Instant;
}

/* ---------- push: agent → aggregator, POST /api/v1/push ---------- */

/** In push bodies each process stands once in `processes`; holders are indices into it. */
export type Indexed<T extends { readonly holders: readonly Holder[] }> = Omit<T, 'holders'> & {
  readonly holders: readonly number[];
};
export type PushedListener = Indexed<Listener>;
/** `agentStartedAt` only where the event comes from an earlier start's spool. */
export type PushedEvent = Indexed<Event> & { readonly agentStartedAt?: Instant };
export type PushedSnapshot = Omit<Snapshot, 'listeners'> & { readonly listeners: readonly PushedListener[] };

/** What every push body has. (hostId, agentStartedAt, sequence) is applied once. */
export interface PushEnvelope {
  readonly hostId: string;
  readonly bootId: string | null;
  readonly agentStartedAt: Instant;
  /** Counts up from 1 for each agent start. */
  readonly sequence: number;
  /** The agent's clock at sending. */
  readonly sentAt: Instant;
  /** Opaque, at most 64 characters: what matters in the snapshot as it is after this push. Also the ETag of `/ports`. */
  readonly digest: string;
  /** Of the {@link HandedExpectations} it judges by; left out while none were handed down. */
  readonly expectationsVersion?: string;
}

/** Everything: on first contact and when asked for by `needFull`. */
export interface FullPush extends PushEnvelope {
  readonly kind: 'full';
  readonly snapshot: PushedSnapshot;
  readonly processes: readonly Holder[];
  /** Random per agent start; what the aggregator presents when it asks this agent live. */
  readonly liveToken: string;
  /** The newest of those not yet acknowledged; older ones came before in `change` pushes. */
  readonly events?: readonly PushedEvent[];
  /**
   * Until when the agent start before this one looked, with all its events delivered or spooled. A `gap` event tells of the
   * time since then; left out where that is not known.
   */
  readonly lookedUntil?: Instant;
}

/** Names a listener that is gone. */
export type ClosedListener = Pick<Listener, 'protocol' | 'address' | 'port' | 'networkNamespace' | 'inode'>;

/** What changed since the state whose digest is `baseDigest`. */
export interface ChangePush extends PushEnvelope {
  readonly kind: 'change';
  readonly baseDigest: string;
  readonly opened: readonly PushedListener[];
  readonly changed: readonly PushedListener[];
  readonly closed: readonly ClosedListener[];
  readonly processes: readonly Holder[];
  readonly events: readonly PushedEvent[];
  /** The whole current list; null when it did not change. */
  readonly findings: readonly Finding[] | null;
}

/** Of a listener, the numbers that the digest leaves out. */
export type ListenerGauge = Pick<Listener, 'inode' | 'networkNamespace' | 'acceptQueue' | 'connections'>;

/**
 * Numbers that move without anything having changed. Each stays true until a later gauge, or a `full` or `change` with the
 * same listener, tells another one.
 */
export interface Gauges {
  /** Those whose numbers are not what was told last: first the ones with a finding or a queue, as many as fit. */
  readonly listeners: readonly ListenerGauge[];
  /** Ports are reserved by hand and can be thousands: they come with `full`. */
  readonly kernel: Omit<Kernel, 'reservedPorts'>;
}

/** Still here, nothing changed. */
export interface AlivePush extends PushEnvelope {
  readonly kind: 'alive';
  /** At most 1 kB of JSON; left out while nothing moved since it was told last. */
  readonly gauges?: Gauges;
}

/** The machine shuts down or the agent ends on purpose. */
export interface LeavingPush extends PushEnvelope {
  readonly kind: 'leaving';
}

export type Push = FullPush | ChangePush | AlivePush | LeavingPush;

/** 202 of a push: what it brought is durable now (`alive` need not be). */
export interface PushAnswer {
  readonly accepted: boolean;
  /** The aggregator's state differs: send a `full` next. */
  readonly needFull: boolean;
  /** The pace for `alive`. */
  readonly aliveEverySeconds: number;
  readonly serverTime: Instant;
  /** Declared services and learned homes for this host; null when it has them already. */
  readonly expectations: HandedExpectations | null;
}

/** Body of POST /api/v1/enroll. */
export interface Enrolment {
  readonly host: Pick<Host, 'id' | 'name'>;
}

/** 201 of an enrolment. The token is shown this once. */
export interface EnrolmentAnswer {
  readonly hostId: string;
  readonly token: string;
}

/** Any error answer of agent and aggregator. */
export interface ErrorAnswer {
  readonly error: {
    /** Stable, kebab-case. */
    readonly code: string;
    readonly message: string;
    /** The remedy. */
    readonly hint?: string;
    /** Every fault of a refused body. */
    readonly faults?: readonly string[];
  };
  readonly requestId: string;
}
