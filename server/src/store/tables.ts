import type { Generated } from 'kysely';

/** Tables as both databases have them. Times are milliseconds since 1970, booleans 0 or 1, JSON is text. */
export interface Tables {
  readonly hosts: HostsTable;
  readonly seen: SeenTable;
  readonly agent_starts: AgentStartsTable;
  readonly listeners: ListenersTable;
  readonly processes: ProcessesTable;
  readonly findings: FindingsTable;
  readonly events: EventsTable;
  readonly gaps: GapsTable;
  readonly feed: FeedTable;
  readonly tokens: TokensTable;
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
  readonly off_port: number;
  readonly worst_kind: string | null;
}

export interface SeenTable {
  readonly host: string;
  readonly at: number;
  readonly clock_offset_ms: number;
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
  readonly opening: Generated<number>;
  readonly host: string;
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

export interface EventsTable {
  readonly sequence: Generated<number>;
  readonly host: string;
  readonly at: number;
  readonly received_at: number;
  readonly kind: string;
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  readonly network_namespace: string;
  readonly inode: string;
  readonly holders: number;
  readonly pid: number | null;
  readonly start_ticks: number | null;
  readonly process_started_at: number | null;
  readonly program: string | null;
  /** JSON array. */
  readonly command_line: string | null;
  readonly detail: string | null;
  readonly agent_started_at: number;
  readonly agent_event_id: number | null;
}

export interface GapsTable {
  readonly host: string;
  readonly from_at: number;
  readonly to_at: number;
}

export interface FeedTable {
  readonly position: Generated<number>;
  readonly host: string;
  readonly at: number;
  readonly findings_changed: number;
}

export interface TokensTable {
  readonly host: string;
  /** SHA-256, hex. */
  readonly token_hash: string;
  readonly created_at: number;
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
