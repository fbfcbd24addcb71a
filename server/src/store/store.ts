import type {
  AgentInfo,
  Coverage,
  EventKind,
  FindingKind,
  Holder,
  Host,
  Instant,
  Kernel,
  Protocol,
  PushedListener,
  Severity,
} from '@portlight/agent/contract';
import type { ExpectationReader, ExpectationWriter } from './expectation-store.ts';
import type { FindingReader, FindingWriter, JudgedMachine } from './finding-store.ts';

/** Where everything is kept, in verbs of the domain. Times are milliseconds since 1970 by the clock that is named. */
export interface Store {
  /**
   * Runs `work` in one transaction; when the promise resolves, all of it is durable, and when it rejects, none of it
   * happened. One transaction at a time: calls queue.
   */
  commit<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T>;
  readonly reader: StoreReader;
  /** Rejects with a {@link StoreFault} when nothing can be written. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** What may be asked; each answer is one committed state. */
export interface StoreReader extends FindingReader, ExpectationReader {
  machine(hostId: string): Promise<JudgedMachine | null>;
  host(hostId: string): Promise<SeenHost | null>;
  /** Ids of the machines with that name, 10 at most. */
  hostIdsNamed(name: string): Promise<readonly string[]>;
  hosts(query: HostQuery): Promise<readonly SeenHost[]>;
  countHosts(filters: readonly HostFilter[]): Promise<number>;
  /** Every machine, by group, then name, then id. */
  mapCells(): Promise<readonly MapCell[]>;
  totals(): Promise<Totals>;
  /** Machines last heard of before that server time, without those that left. */
  countSilent(before: number): Promise<number>;
  countLeft(): Promise<number>;
  /** Machines whose last sign of life lies in [from, to) of the server's clock, without those that left; 1,000 at most. */
  lastSeenBetween(from: number, to: number): Promise<readonly ChangedHost[]>;
  /** Last sequence applied of that agent start; null when it is unknown. */
  sequenceOf(hostId: string, agentStartedAt: Instant): Promise<number | null>;
  /** Newest first. */
  events(hostId: string, range: EventRange): Promise<readonly StoredEvent[]>;
  /** Those that touch the time from `since` on, oldest first; 1,000 at most. */
  gaps(hostId: string, since: number): Promise<readonly Gap[]>;
  /** What changed after that feed position, oldest first. */
  feedAfter(position: number, limit: number): Promise<readonly FeedEntry[]>;
  feedBounds(): Promise<FeedBounds>;
  hostOfToken(tokenHash: string): Promise<string | null>;
  tokenHashOf(hostId: string): Promise<string | null>;
}

/** What may be changed, within a transaction; it sees its own changes. */
export interface StoreWriter extends FindingWriter, ExpectationWriter {
  machine(hostId: string): Promise<Machine | null>;
  sequenceOf(hostId: string, agentStartedAt: Instant): Promise<number | null>;
  saveHost(host: HostRecord): Promise<void>;
  saveRows(hostId: string, rows: RowChanges): Promise<void>;
  /** Events already known by (host, agent start, id) are left out. */
  addEvents(hostId: string, events: readonly NewEvent[]): Promise<void>;
  addGap(hostId: string, gap: Gap): Promise<void>;
  markSequence(hostId: string, mark: SequenceMark): Promise<void>;
  markSeen(seen: readonly Seen[]): Promise<void>;
  /** Tells followers of the feed that these machines changed, and whether their findings did. */
  announce(hostIds: readonly string[], at: number, haveFindingsChanged: boolean): Promise<void>;
  saveToken(hostId: string, tokenHash: string, at: number): Promise<void>;
  /** The kept secret of that name, made by `create` at first. */
  secret(name: string, create: () => string): Promise<string>;
  /** Keeps `text` under that name, whatever was there. */
  replaceSecret(name: string, text: string): Promise<void>;
  /** Removes a bounded number of what is older than allowed; answers how many rows went. */
  removeOld(limits: KeepLimits): Promise<Removed>;
}

/** In kept listeners `holders` are pids: keys into the machine's processes, where each holder stands once. */
export type KeptListener = PushedListener;

/** All that is kept of one machine as it is now. */
export interface Machine {
  readonly host: HostRecord;
  /** Null until the first sign of life is written. */
  readonly seen: Seen | null;
  readonly listeners: readonly KeptListener[];
  readonly processes: ReadonlyMap<number, Holder>;
}

export interface HostRecord {
  readonly host: Host;
  readonly group: string;
  readonly agent: AgentInfo;
  readonly coverage: Coverage;
  readonly kernel: Kernel;
  /** Of the last push that changed something. */
  readonly digest: string;
  readonly liveToken: string;
  /** Where the last full push came from; null when the connection did not tell. */
  readonly pushAddress: string | null;
  readonly takenAt: Instant;
  /** By the server's clock. */
  readonly firstSeenAt: number;
  readonly hasLeft: boolean;
  /** Of the host's own listeners; null as long as it had none. */
  readonly hostNamespace: string | null;
  readonly counts: HostCounts;
  /** A drift or a ladder is open. */
  readonly isOffPort: boolean;
  /** Of the worst open finding; null when none is open. */
  readonly worstKind: FindingKind | null;
}

/** Sums of a machine's rows, kept beside it so that lists and the fleet's sums need no rows. */
export interface HostCounts {
  readonly listeners: number;
  readonly tcp: number;
  readonly udp: number;
  readonly unattributed: number;
  /** By exposure, host namespace only. */
  readonly loopback: number;
  readonly private: number;
  readonly public: number;
  readonly any: number;
  /** Open findings by severity. */
  readonly critical: number;
  readonly warning: number;
  readonly notice: number;
}

export interface Totals extends HostCounts {
  readonly machines: number;
}

/** Last sign of life; kept narrow, as it is written for every machine at every pace. */
export interface Seen {
  readonly hostId: string;
  /** By the server's clock. */
  readonly at: number;
  /** Agent's clock minus server's, transit included. */
  readonly clockOffsetMs: number;
}

export interface SeenHost {
  readonly host: HostRecord;
  readonly seen: Seen | null;
}

export const HOST_SORTS = [
  'name',
  'group',
  'lastSeenAt',
  'listeners',
  'exposed',
  'unattributed',
  'openFindings',
] as const;
export type HostSort = (typeof HOST_SORTS)[number];

/** Keeps machines whose name or group is like one of the patterns (`*` stands for any text), or none of them. */
export interface HostFilter {
  readonly field: 'name' | 'group';
  readonly patterns: readonly string[];
  readonly isNegated: boolean;
}

export interface HostQuery {
  readonly filters: readonly HostFilter[];
  readonly sort: HostSort;
  readonly isDescending: boolean;
  /** Last of the page before. */
  readonly after: { readonly value: string | number; readonly id: string } | null;
  readonly limit: number;
}

export interface MapCell {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly hasLeft: boolean;
  readonly lastSeenAt: number;
  readonly worstSeverity: Severity | null;
  readonly worstKind: FindingKind | null;
}

/** The rows that differ between two states of a machine. */
export interface RowChanges {
  readonly saved: readonly KeptListener[];
  readonly removed: readonly KeptListener[];
  readonly savedProcesses: readonly Holder[];
  readonly removedPids: readonly number[];
}

/** The process that stands for a socket's holders: the oldest. */
export interface EventHolder {
  readonly pid: number;
  readonly startTicks: number | null;
  readonly startedAt: Instant | null;
  readonly program: string;
  /** First KiB. */
  readonly commandLine: readonly string[];
}

export interface NewEvent {
  readonly at: Instant;
  readonly kind: EventKind;
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly networkNamespace: string;
  readonly inode: string;
  readonly holder: EventHolder | null;
  /** Processes holding the socket. */
  readonly holders: number;
  readonly detail: string | null;
  readonly agentStartedAt: Instant;
  /** The agent's own number; null for what the server concluded. */
  readonly agentEventId: number | null;
  /** By the server's clock. */
  readonly receivedAt: number;
}

export interface StoredEvent extends Omit<NewEvent, 'agentEventId' | 'receivedAt'> {
  /** Ascending in the order of arrival. */
  readonly sequence: number;
  /** Of the agent start it comes from; null when not known. */
  readonly bootId: string | null;
}

/** Agent's times, both ends included. */
export interface EventRange {
  readonly from: number;
  readonly to: number;
  /** Only events before this one in the order (at, sequence). */
  readonly before: { readonly at: number; readonly sequence: number } | null;
  readonly limit: number;
}

/** A stretch of which nothing is known: from the last sign of life to the next scan. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

export interface SequenceMark {
  readonly agentStartedAt: Instant;
  readonly bootId: string | null;
  readonly sequence: number;
  /** By the server's clock. */
  readonly at: number;
}

export interface ChangedHost {
  readonly id: string;
  readonly name: string;
}

export interface FeedEntry extends ChangedHost {
  readonly position: number;
  readonly haveFindingsChanged: boolean;
}

/** Both 0 while nothing has changed ever. */
export interface FeedBounds {
  readonly oldest: number;
  readonly newest: number;
}

export interface KeepLimits {
  /** Server's clock; for events when they arrived, for findings when it learned that they closed. */
  readonly receivedBefore: number;
  readonly hostsSeenBefore: number;
  /** Entries of the feed to keep. */
  readonly feedEntries: number;
  /** Rows of each kind to remove at most. */
  readonly atMost: number;
}

export interface Removed {
  readonly events: number;
  readonly findings: number;
  readonly hostIds: readonly string[];
}
