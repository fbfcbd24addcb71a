/**
 * Everything the web may know: the answers of the aggregator's API. The server produces these types and owns them;
 * the web imports them as `@portlight/server/views`. What comes from a machine unchanged keeps the agent's types.
 */
import type {
  Coverage,
  ErrorAnswer,
  EventKind,
  Exposure,
  Family,
  Finding,
  FindingFacts,
  FindingKind,
  Holder,
  Host,
  Instant,
  Kernel,
  Listener,
  Protocol,
  Severity,
  Snapshot,
} from '@portlight/agent/contract';
import type { Stamped } from './views/stamped.ts';

export * from './views/access.ts';
export * from './views/expectations.ts';
export * from './views/history.ts';
export type { Stamped };

export type {
  Coverage,
  ErrorAnswer,
  EventKind,
  Exposure,
  Family,
  Finding,
  FindingKind,
  Holder,
  Host,
  Instant,
  Kernel,
  Listener,
  Protocol,
  Severity,
  Snapshot,
};

/** A list, a page at a time. */
export interface Page<T> extends Stamped {
  readonly items: readonly T[];
  /** Give it back as `cursor`; null on the last page. */
  readonly nextCursor: string | null;
  /** All matches, not only this page's; null when not counted. */
  readonly total: number | null;
}

/**
 * `reporting` · `silent` no push for longer than allowed · `left` the agent said that it goes (shutdown, removal).
 */
export type HostState = 'reporting' | 'silent' | 'left';

/** A machine in a list. */
export interface HostRow {
  readonly id: string;
  readonly name: string;
  /** Label `group`, else the name up to its first digit. */
  readonly group: string;
  readonly state: HostState;
  readonly os: string | null;
  readonly kernelVersion: string | null;
  readonly addresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly agentVersion: string;
  readonly bootId: string | null;
  readonly firstSeenAt: Instant;
  /** When the server last heard of it, by the server's clock. */
  readonly lastSeenAt: Instant;
  /** When the agent saw what is stored, by the agent's clock. */
  readonly takenAt: Instant;
  readonly listeners: number;
  /** Host-namespace listeners whose exposure is `public` or `any`. */
  readonly exposed: number;
  /** Listeners without a known holder. */
  readonly unattributed: number;
  readonly openFindings: number;
  readonly worstSeverity: Severity | null;
}

/** One machine: what is stored of it, with its place in the fleet. */
export interface HostView extends Stamped {
  readonly host: HostRow;
  readonly snapshot: Snapshot;
  /** Agent's clock minus server's at the last push, transit included; null before the first. */
  readonly clockOffsetMs: number | null;
  /** Older than this nothing is kept of this machine. */
  readonly keptSince: Instant;
}

/**
 * What one machine is on the map: silence and leaving before findings, of those the worst. `finding` stands for the kinds
 * without a letter of their own, by severity.
 */
export const MAP_STATES = {
  '.': 'reporting',
  s: 'silent',
  l: 'left',
  u: 'ladder',
  d: 'drift',
  m: 'missing',
  q: 'wedged',
  h: 'stale-holder',
  y: 'cycling',
  e: 'exposed',
  c: 'critical finding',
  w: 'warning finding',
  n: 'notice finding',
} as const;
export type MapState = keyof typeof MAP_STATES;

/** Compact map: index i of `names` is one machine. Sorted by group, then name, so that cells never move. */
export interface HostMap extends Stamped {
  readonly groups: readonly string[];
  readonly names: readonly string[];
  /** Index into `groups` for each machine. */
  readonly group: readonly number[];
  /** One {@link MapState} for each machine. */
  readonly states: string;
}

/** A machine that has, or had, a trouble. */
export interface AffectedHost {
  readonly id: string;
  readonly name: string;
  /** Of its own finding. */
  readonly findingId: string;
  /** Where its newest process listens: the drift's other port, the ladder's newest rung; null for other kinds. */
  readonly port: number | null;
  readonly since: Instant;
  /** Null: it lasts. */
  readonly closedAt: Instant | null;
}

/** How far a trouble reaches within one group of machines. */
export interface BlastRadius {
  readonly group: string;
  readonly affected: number;
  /** All machines of the group. */
  readonly machines: number;
}

export type FindingState = 'open' | 'closed';

/**
 * One trouble wherever it is: the findings with the same `groupId`. What is told of a single machine (title, evidence,
 * steps, …) is told of the first in `hosts`, the one on which it began first; `severity` is that of the worst. In a list
 * with a search it is about the machines the search keeps.
 */
export interface FindingGroupView extends Omit<FindingFacts, 'id' | 'groupId' | 'holders' | 'networkNamespace'> {
  readonly kind: FindingKind;
  readonly details: Finding['details'];
  /** The `groupId`. */
  readonly id: string;
  /** `closed` when it lasts on no machine. */
  readonly state: FindingState;
  /** When it ended on the last machine; null while it lasts. */
  readonly closedAt: Instant | null;
  /** Machines it is open on; of a closed one, those it was on. */
  readonly machines: number;
  /** Most affected first, 200 at most. */
  readonly radius: readonly BlastRadius[];
  /** Open before closed, then by `since`, then by name; 200 at most. */
  readonly hosts: readonly AffectedHost[];
  readonly hostsOmitted: number;
}

/** One group, asked for by its own id or by that of one of its findings. */
export type FindingGroupAnswer = FindingGroupView & Stamped;

/** Counts of the fleet as it is now; also sent on the stream. */
export interface SummaryView extends Stamped {
  readonly machines: Readonly<Record<HostState, number>> & { readonly total: number };
  readonly listeners: {
    readonly total: number;
    readonly tcp: number;
    readonly udp: number;
    /** By exposure, host namespace only. */
    readonly byExposure: Readonly<Record<Exposure, number>>;
    readonly unattributed: number;
  };
  /** Findings that are open, by severity: one for each machine that has it. */
  readonly findings: Readonly<Record<Severity, number>> & { readonly total: number };
  /** Troubles that are open: findings of the same group are one. */
  readonly troubles: number;
  /** Machines with a drift or a ladder. */
  readonly offPort: {
    readonly machines: number;
    /** The groups they are in, most affected first; 6 at most. */
    readonly groups: readonly string[];
    /** Groups beyond those. */
    readonly groupsOmitted: number;
    /** Programs that are off their port, as people know them: `node`; 6 at most. */
    readonly programs: readonly string[];
  };
  /** Machines with a wedged listener: connections wait and none is accepted. */
  readonly notAnswering: {
    readonly machines: number;
    /** The groups they are in, most affected first; 6 at most. */
    readonly groups: readonly string[];
    /** Groups beyond those. */
    readonly groupsOmitted: number;
  };
  /** The trouble that ended last, while it is kept. */
  readonly lastClosed: {
    readonly title: string;
    readonly host: string;
    readonly since: Instant;
    readonly closedAt: Instant;
  } | null;
}

/** What the stream sends; `event:` is the key. */
export interface StreamEvents {
  /** First, then whenever a count changed. */
  readonly summary: SummaryView;
  /** Machines of which something changed: ask again for what is on screen. */
  readonly hosts: { readonly hosts: readonly { readonly id: string; readonly name: string }[] } & Stamped;
  /** Findings opened, changed or closed: ask again for them. */
  readonly findings: Stamped;
  /** Too much was missed: ask again for everything. */
  readonly resync: Stamped;
  /** Each 5 s. */
  readonly heartbeat: Stamped;
}

/** Who is asking: answer of GET and POST /api/v1/session. */
export interface SessionView extends Stamped {
  /** Without tokens configured everyone on this machine is `admin`. */
  readonly role: 'read' | 'admin';
  /** Name of the token; null without tokens. */
  readonly name: string | null;
  readonly expiresAt: Instant | null;
}
