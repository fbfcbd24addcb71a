import type {
  AgentInfo,
  Coverage,
  FindingKind,
  Holder,
  Host,
  Instant,
  Kernel,
  PushedListener,
  Severity,
} from '@portlight/agent/contract';
import type { AccessReader, AccessWriter } from './access-store.ts';
import type { EventRange, Gap, NewEvent, StoredEvent } from './event-store.ts';
import type { ExpectationReader, ExpectationWriter } from './expectation-store.ts';
import type { FindingReader, FindingWriter, JudgedMachine } from './finding-store.ts';
import type { SpaceReader, SpaceWriter } from './space-store.ts';

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
export interface StoreReader extends FindingReader, ExpectationReader, AccessReader, SpaceReader {
  machine(hostId: string): Promise<JudgedMachine | null>;
  host(hostId: string): Promise<SeenHost | null>;
  /** Ids of the machines with that name, 10 at most. */
  hostIdsNamed(name: string): Promise<readonly string[]>;
  hosts(query: HostQuery): Promise<readonly SeenHost[]>;
  countHosts(filters: readonly HostFilter[]): Promise<number>;
  /** Every machine, by group, then name, then id. */
  mapCells(): Promise<readonly MapCell[]>;
  totals(): Promise<Totals>;
  /** Machines whose sign of life, with what each is excused for, lies before that server time, without those that left. */
  countSilent(before: number): Promise<number>;
  countLeft(): Promise<number>;
  /** Those of which that time lies in [from, to), without those that left; 1,000 at most. */
  heardBetween(from: number, to: number): Promise<readonly ChangedHost[]>;
  /** Last sequence applied of that agent start; null when it is unknown. */
  sequenceOf(hostId: string, agentStartedAt: Instant): Promise<number | null>;
  /** Those that are known, without their rows. */
  hostsWithIds(hostIds: readonly string[]): Promise<readonly SeenHost[]>;
  /** Newest first. */
  events(hostId: string, range: EventRange): Promise<readonly StoredEvent[]>;
  /** Those that touch the time from `since` on, oldest first; 1,000 at most. */
  gaps(hostId: string, since: number): Promise<readonly Gap[]>;
  /** Machines whose last change was announced at that time or later, oldest first. Times of several instances may interlace. */
  changedSince(at: number, limit: number): Promise<readonly FeedEntry[]>;
  /** The newest announced; 0 while nothing has changed ever. */
  lastChangeAt(): Promise<number>;
}

/** What may be changed, within a transaction; it sees its own changes. Each verb takes many machines at once. */
export interface StoreWriter extends FindingWriter, ExpectationWriter, AccessWriter, SpaceWriter {
  /** Nobody else changes these machines, known or not, until the end of the transaction. */
  lock(hostIds: readonly string[]): Promise<void>;
  /** Those that are known, without their rows. */
  hosts(hostIds: readonly string[]): Promise<readonly SeenHost[]>;
  /** The rows of these machines. */
  rows(hostIds: readonly string[]): Promise<ReadonlyMap<string, MachineRows>>;
  /** Last sequences applied of these agent starts, and maybe of others. */
  sequencesOf(starts: readonly OfHost<Pick<KnownStart, 'agentStartedAt'>>[]): Promise<readonly OfHost<KnownStart>[]>;
  /** Of the agent's time, newest first; 10,000 at most. */
  eventsSince(hostId: string, at: number): Promise<readonly StoredEvent[]>;
  saveHosts(hosts: readonly HostRecord[]): Promise<void>;
  saveRows(changes: readonly OfHost<RowChanges>[]): Promise<void>;
  /** Of listeners that are known: what they say but since when they are open. */
  saveNumbers(listeners: readonly OfHost<KeptListener>[]): Promise<void>;
  /** Events already known by (host, agent start, id) are left out. */
  addEvents(events: readonly OfHost<NewEvent>[]): Promise<void>;
  addGaps(gaps: readonly OfHost<Gap>[]): Promise<void>;
  markSequences(marks: readonly OfHost<SequenceMark>[]): Promise<void>;
  markSeen(seen: readonly Seen[]): Promise<void>;
  /** Tells followers that these machines changed, and whether their findings did. */
  announce(changes: readonly OfHost<Announced>[]): Promise<void>;
  /** The kept secret of that name, made by `create` at first. */
  secret(name: string, create: () => string): Promise<string>;
  /** Keeps `text` under that name, whatever was there. */
  replaceSecret(name: string, text: string): Promise<void>;
  /** Removes a bounded number of what is older than allowed; answers what went. */
  removeOld(limits: KeepLimits): Promise<Removed>;
}

/** Something that is of one machine. */
export type OfHost<T> = T & { readonly hostId: string };

export interface KnownStart {
  readonly agentStartedAt: Instant;
  readonly sequence: number;
}

export interface Announced {
  /** By the server's clock. */
  readonly at: number;
  readonly haveFindingsChanged: boolean;
}

/** In kept listeners `holders` are pids: keys into the machine's processes, where each holder stands once. */
export type KeptListener = PushedListener;

/** All that is kept of one machine as it is now. */
export interface Machine extends SeenHost, MachineRows {}

export interface MachineRows {
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
  /** Names what its rows say; null when they were written by a version that did not name them. */
  readonly rowsHash: string | null;
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
  /** Pace it was asked for. */
  readonly aliveEverySeconds: number;
}

export interface SeenHost {
  readonly host: HostRecord;
  /** Null until the first sign of life is written. */
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
  /** Its sign of life, with what it is excused for. */
  readonly heardAt: number;
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

/** A machine's last change. */
export interface FeedEntry extends ChangedHost {
  /** Server's clock. */
  readonly at: number;
  /** When its findings changed last; 0: never. */
  readonly findingsAt: number;
}

export interface KeepLimits {
  /** Server's clock. Events go by whole days, findings by when it learned that they closed. */
  readonly receivedBefore: number;
  readonly hostsSeenBefore: number;
  /** Rows of each kind to remove at most. */
  readonly atMost: number;
}

export interface Removed {
  /** Whose events went, as 2026-11-23. */
  readonly days: readonly string[];
  readonly findings: number;
  readonly hostIds: readonly string[];
}
