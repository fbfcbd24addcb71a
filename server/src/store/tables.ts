import type { AccessTables } from './access-tables.ts';

/** Tables as both databases have them. Times are milliseconds since 1970, booleans 0 or 1, JSON is text. */
export interface Tables extends AccessTables {
  readonly hosts: HostsTable;
  readonly seen: SeenTable;
  readonly agent_starts: AgentStartsTable;
  readonly listeners: ListenersTable;
  readonly processes: ProcessesTable;
  readonly findings: FindingsTable;
  readonly host_numbers: HostNumbersTable;
  readonly event_subjects: EventSubjectsTable;
  readonly event_days: EventDaysTable;
  readonly gaps: GapsTable;
  readonly changes: ChangesTable;
  readonly secrets: SecretsTable;
  readonly expectations: ExpectationsTable;
  readonly sightings: SightingsTable;
  readonly fleet_homes: FleetHomesTable;
  readonly leases: LeasesTable;
  readonly handed_revision: HandedRevisionTable;
}

export interface HostsTable {
  readonly id: string;
  readonly name: string;
  readonly host_group: string;
  /** JSON of Host, AgentInfo, Coverage and Kernel. */
  readonly facts: string;
  readonly digest: string;
  readonly live_token: string;
  readonly push_address: string | null;
  readonly taken_at: number;
  readonly first_seen_at: number;
  readonly has_left: number;
  readonly host_namespace: string | null;
  readonly listeners: number;
  readonly tcp: number;
  readonly udp: number;
  readonly unattributed: number;
  readonly on_loopback: number;
  readonly on_private: number;
  readonly on_public: number;
  readonly on_any: number;
  readonly critical: number;
  readonly warning: number;
  readonly notice: number;
  readonly rows_hash: string | null;
  readonly off_port: number;
  readonly worst_kind: string | null;
}

export interface SeenTable {
  readonly host: string;
  readonly at: number;
  readonly clock_offset_ms: number;
  /** Pace the machine was asked for last. */
  readonly every_seconds: number;
}

export interface AgentStartsTable {
  readonly host: string;
  readonly started_at: number;
  readonly boot_id: string | null;
  readonly sequence: number;
  /** Server's clock, of the last change of the row. */
  readonly marked_at: number;
}

export interface ListenersTable {
  readonly host: string;
  readonly network_namespace: string;
  readonly protocol: string;
  readonly port: number;
  readonly address: string;
  readonly inode: string;
  readonly opened_at: number | null;
  /** JSON array of pids, oldest process first. */
  readonly holders: string;
  /** JSON of the listener's other fields. */
  readonly facts: string;
}

export interface ProcessesTable {
  readonly host: string;
  readonly pid: number;
  /** JSON of Holder. */
  readonly facts: string;
}

/** One row for each opening of a finding. */
export interface FindingsTable {
  readonly host: string;
  /** Counts up from 1 on each machine. */
  readonly opening: number;
  readonly id: string;
  readonly group_id: string;
  readonly kind: string;
  /** Index into SEVERITIES: 0 is the worst. */
  readonly severity: number;
  readonly program: string;
  /** Where its newest process listens; null for kinds that do not tell. */
  readonly current_port: number | null;
  /** Agent's clock. */
  readonly since: number;
  /** Agent's clock. */
  readonly detected_at: number;
  /** Server's clock. */
  readonly opened_at: number;
  /** Agent's clock; null while it is open. */
  readonly closed_at: number | null;
  /** Server's clock; null while it is open. */
  readonly closing_received_at: number | null;
  /** JSON of Finding as it was last told. */
  readonly facts: string;
}

/** Short names of machines for the many rows of their events. */
export interface HostNumbersTable {
  readonly host: string;
  readonly number: number;
}

/** What an event is about, as far as it comes again and again: one row for each such text of a machine. */
export interface EventSubjectsTable {
  readonly host_number: number;
  /** First 63 bits of the text's SHA-256. */
  readonly hash: number;
  /** Counts up from 1 on each machine. */
  readonly id: number;
  /** JSON of a subject. */
  readonly subject: string;
  /** Newest day with an event about it. */
  readonly used_day: number;
}

/** Days since 1970 of which there is a table of events; it is called `events_` and the day. */
export interface EventDaysTable {
  readonly day: number;
  /** 1: some of its events have a time of another day. */
  readonly strays: number;
}

/** A table `events_DAY`: as narrow as it can be, as these rows are the most of all. */
export interface EventsTable {
  readonly host_number: number;
  /** Milliseconds since the day began. */
  readonly at: number;
  /** The agent's own number; below 0 for what the server concluded. */
  readonly id: number;
  /** Index into EVENT_KINDS. */
  readonly kind: number;
  /** Of the agent's start too: its number is the third part of what makes an event one of a kind. */
  readonly subject: number;
  readonly inode: number | string;
  readonly pid: number | null;
  readonly start_ticks: number | null;
}

export interface GapsTable {
  readonly host: string;
  readonly from_at: number;
  readonly to_at: number;
}

/** When machines changed last; server's clock. */
export interface ChangesTable {
  readonly host: string;
  readonly at: number;
  /** 0: never. */
  readonly findings_at: number;
}

export interface SecretsTable {
  readonly name: string;
  readonly secret: string;
}

/** One row for each revision. */
export interface ExpectationsTable {
  readonly revision: number;
  readonly at: number;
  readonly changed_by: string;
  readonly services: number;
  /** JSON of ExpectationsDocument. */
  readonly document: string;
}

/** Where the programs of each machine are. */
export interface SightingsTable {
  readonly host: string;
  readonly program_key: string;
  readonly program: string;
  readonly address: string;
  readonly port: number;
  readonly steady_since: number;
  readonly seen_at: number;
}

export interface FleetHomesTable {
  readonly program_key: string;
  readonly program: string;
  readonly address: string;
  readonly port: number;
  readonly machines: number;
  readonly of_machines: number;
  readonly since: number;
}

/** Work that one instance does at a time. */
export interface LeasesTable {
  readonly name: string;
  readonly holder: string;
  readonly until: number;
  readonly cursor: string;
}

/** One row. */
export interface HandedRevisionTable {
  readonly id: number;
  readonly revision: number;
}
