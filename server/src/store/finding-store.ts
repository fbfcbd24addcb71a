import type { Finding, FindingKind, Instant, Severity } from '@portlight/agent/contract';
import type { HostFilter, Machine, OfHost } from './store.ts';

/** What may be asked of findings; each answer is one committed state. Times are milliseconds since 1970. */
export interface FindingReader {
  /** Those of one machine whose time touches [from, to] of the agent's clock, oldest first; the newest 1,000. */
  findingsBetween(hostId: string, from: number, to: number): Promise<readonly KeptFinding[]>;
  findingGroups(query: FindingQuery): Promise<FindingGroupPage>;
  /** By a group's id or that of one of its findings. */
  findingGroup(id: string): Promise<FindingGroup | null>;
  troubles(): Promise<Troubles>;
}

/** What may be changed of findings. */
export interface FindingWriter {
  /** Of these machines, in no particular order. */
  openFindings(hostIds: readonly string[]): Promise<readonly OfHost<{ readonly finding: Finding }>[]>;
  /** In order: a machine may come more than once. */
  saveFindings(changes: readonly OfHost<FindingChanges>[]): Promise<void>;
}

/** A machine with its open findings, in no particular order. */
export interface JudgedMachine extends Machine {
  readonly findings: readonly Finding[];
}

/** What differs between the findings of a machine before and after a push. */
export interface FindingChanges {
  readonly opened: readonly Finding[];
  readonly changed: readonly Finding[];
  readonly closed: readonly { readonly id: string; readonly closedAt: Instant }[];
  /** Server's clock. */
  readonly receivedAt: number;
}

/** A finding as it was last told. */
export interface KeptFinding {
  readonly finding: Finding;
  /** Null while it is open. */
  readonly closedAt: Instant | null;
}

export interface FindingQuery {
  /** Findings of these machines only. */
  readonly filters: readonly HostFilter[];
  /** `closed`: those that are open on no machine. */
  readonly isOpen: boolean;
  /** Null: every kind. */
  readonly kind: FindingKind | null;
  /** Last of the page before. */
  readonly after: FindingGroupPlace | null;
  readonly limit: number;
}

/** Where a group stands in a list: worst first, then most machines, then longest. */
export interface FindingGroupPlace {
  /** Index into SEVERITIES. */
  readonly severity: number;
  readonly machines: number;
  readonly since: number;
  readonly id: string;
}

export interface FindingGroupPage {
  readonly groups: readonly FindingGroup[];
  readonly total: number;
}

/** The findings with one group id. */
export interface FindingGroup {
  readonly place: FindingGroupPlace;
  /** That of the first of `members`. */
  readonly told: Finding;
  readonly severity: Severity;
  readonly isOpen: boolean;
  /** Null while it is open. */
  readonly closedAt: Instant | null;
  /** Machines it is open on; of a closed one, those it was on. */
  readonly machines: number;
  /** Most affected first, 200 at most. */
  readonly radius: readonly GroupRadius[];
  /** One for each machine: open before closed, then by since, then by name; 200 at most. */
  readonly members: readonly FindingMember[];
  readonly membersOmitted: number;
}

export interface GroupRadius {
  readonly group: string;
  readonly affected: number;
  /** All machines of the group. */
  readonly machines: number;
}

export interface FindingMember {
  readonly hostId: string;
  readonly hostName: string;
  readonly findingId: string;
  readonly currentPort: number | null;
  readonly since: Instant;
  readonly closedAt: Instant | null;
}

/** The fleet's findings in a few words. */
export interface Troubles {
  /** Groups that are open. */
  readonly open: number;
  readonly offPort: {
    readonly machines: number;
    /** Most affected first, 6 at most. */
    readonly groups: readonly string[];
    readonly groupsOmitted: number;
    /** Most affected first, 6 at most. */
    readonly programs: readonly string[];
  };
  /** Machines with a wedged listener. */
  readonly notAnswering: {
    readonly machines: number;
    /** Most affected first, 6 at most. */
    readonly groups: readonly string[];
    readonly groupsOmitted: number;
  };
  readonly lastClosed: {
    readonly title: string;
    readonly host: string;
    readonly since: Instant;
    readonly closedAt: Instant;
  } | null;
}
