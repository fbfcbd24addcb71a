import type { ColumnType } from '../queries/bulk.ts';
import type { EventsTable, Tables } from '../tables.ts';

/** A table as far as its rows are copied. */
export interface KeptTable<Row> {
  readonly columns: Readonly<Record<keyof Row & string, ColumnType>>;
  /** By which it is read: no two rows have the same. */
  readonly key: readonly (keyof Row & string)[];
}

/** Counts up with every change of these tables or of what their columns mean: copies of one are good for the same one only. */
export const KEPT_SCHEMA = 1;

function texts<const Names extends readonly string[]>(...names: Names): Readonly<Record<Names[number], 'text'>> {
  return Object.fromEntries(names.map((name) => [name, 'text'])) as Record<Names[number], 'text'>;
}

function numbers<const Names extends readonly string[]>(...names: Names): Readonly<Record<Names[number], 'bigint'>> {
  return Object.fromEntries(names.map((name) => [name, 'bigint'])) as Record<Names[number], 'bigint'>;
}

/**
 * Every table with every column, in the order in which they are filled; null: of no use elsewhere. What is missing here does
 * not compile.
 */
export const KEPT_TABLES: { readonly [T in keyof Tables]: KeptTable<Tables[T]> | null } = {
  hosts: {
    columns: {
      ...texts('id', 'name', 'host_group', 'facts', 'digest', 'live_token', 'push_address', 'host_namespace'),
      ...texts('worst_kind', 'rows_hash'),
      ...numbers('taken_at', 'first_seen_at', 'has_left', 'listeners', 'tcp', 'udp', 'unattributed', 'on_loopback'),
      ...numbers('on_private', 'on_public', 'on_any', 'critical', 'warning', 'notice', 'off_port'),
    },
    key: ['id'],
  },
  seen: { columns: { ...texts('host'), ...numbers('at', 'clock_offset_ms', 'every_seconds') }, key: ['host'] },
  agent_starts: {
    columns: { ...texts('host', 'boot_id'), ...numbers('started_at', 'sequence', 'marked_at') },
    key: ['host', 'started_at'],
  },
  listeners: {
    columns: {
      ...texts('host', 'network_namespace', 'protocol', 'address', 'inode', 'holders', 'facts'),
      ...numbers('port', 'opened_at'),
    },
    key: ['host', 'network_namespace', 'protocol', 'port', 'address', 'inode'],
  },
  processes: { columns: { ...texts('host', 'facts'), ...numbers('pid') }, key: ['host', 'pid'] },
  findings: {
    columns: {
      ...texts('host', 'id', 'group_id', 'kind', 'program', 'facts'),
      ...numbers('opening', 'severity', 'current_port', 'since', 'detected_at', 'opened_at', 'closed_at'),
      ...numbers('closing_received_at'),
    },
    key: ['host', 'opening'],
  },
  host_numbers: { columns: { ...texts('host'), ...numbers('number') }, key: ['host'] },
  event_subjects: {
    columns: { ...texts('subject'), ...numbers('host_number', 'hash', 'id', 'used_day') },
    key: ['host_number', 'hash'],
  },
  event_days: { columns: numbers('day', 'strays'), key: ['day'] },
  gaps: { columns: { ...texts('host'), ...numbers('from_at', 'to_at') }, key: ['host', 'from_at', 'to_at'] },
  changes: { columns: { ...texts('host'), ...numbers('at', 'findings_at') }, key: ['host'] },
  tokens: {
    columns: {
      ...texts('host', 'name', 'token_hash', 'created_from', 'asked_from'),
      ...numbers('created_at', 'revoked_at', 'asked_at', 'approved_until'),
    },
    key: ['host'],
  },
  // Instances tell each other; one that begins remembers nothing.
  ended_tokens: null,
  audit: {
    columns: { ...texts('id', 'action', 'done_by', 'address', 'host', 'detail'), ...numbers('at') },
    key: ['at', 'id'],
  },
  secrets: { columns: texts('name', 'secret'), key: ['name'] },
  expectations: {
    columns: { ...texts('changed_by', 'document'), ...numbers('revision', 'at', 'services') },
    key: ['revision'],
  },
  sightings: {
    columns: {
      ...texts('host', 'program_key', 'program', 'address'),
      ...numbers('port', 'steady_since', 'seen_at'),
    },
    key: ['host', 'program_key', 'address', 'port'],
  },
  fleet_homes: {
    columns: {
      ...texts('program_key', 'program', 'address'),
      ...numbers('port', 'machines', 'of_machines', 'since'),
    },
    key: ['program_key', 'address', 'port'],
  },
  // Who does which work right now.
  leases: null,
  handed_revision: { columns: numbers('id', 'revision'), key: ['id'] },
};

/** Of each day's table. */
export const KEPT_EVENTS: KeptTable<EventsTable> = {
  columns: {
    ...texts('inode'),
    ...numbers('host_number', 'at', 'id', 'kind', 'subject', 'pid', 'start_ticks'),
  },
  key: ['host_number', 'at', 'id', 'subject'],
};
