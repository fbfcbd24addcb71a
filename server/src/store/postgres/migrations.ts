/** Partitions of each table of machines: enough for vacuum and locks to work side by side, few enough to plan with. */
const PARTITIONS = 8;

/**
 * Step n brings a database from schema n to n + 1; steps are only ever added. The tables are those of SQLite, spread by hash of
 * the machine: whatever has a machine begins its keys with it, no row refers to one of another machine, and no number is drawn
 * from a place that all writers share but that of a machine never seen before. So the same tables can be spread over the nodes
 * of a cluster (docs/cluster.md).
 */
export const MIGRATIONS: readonly string[] = [
  [
    'CREATE SEQUENCE host_number',
    ...spread(
      'hosts',
      `id TEXT PRIMARY KEY, name TEXT NOT NULL, host_group TEXT NOT NULL, facts TEXT NOT NULL, digest TEXT NOT NULL,
      live_token TEXT NOT NULL, push_address TEXT, taken_at BIGINT NOT NULL, first_seen_at BIGINT NOT NULL,
      has_left BIGINT NOT NULL, host_namespace TEXT, listeners BIGINT NOT NULL, tcp BIGINT NOT NULL, udp BIGINT NOT NULL,
      unattributed BIGINT NOT NULL, on_loopback BIGINT NOT NULL, on_private BIGINT NOT NULL, on_public BIGINT NOT NULL,
      on_any BIGINT NOT NULL, critical BIGINT NOT NULL, warning BIGINT NOT NULL, notice BIGINT NOT NULL,
      off_port BIGINT NOT NULL, rows_hash TEXT, worst_kind TEXT`,
      'id',
    ),
    'CREATE INDEX hosts_by_name ON hosts (name, id)',
    'CREATE INDEX hosts_by_group ON hosts (host_group, name, id)',
    'CREATE INDEX hosts_off_port ON hosts (host_group, off_port) WHERE off_port = 1',
    ...spread(
      'seen',
      'host TEXT PRIMARY KEY, at BIGINT NOT NULL, clock_offset_ms BIGINT NOT NULL, every_seconds BIGINT NOT NULL',
    ),
    'CREATE INDEX seen_by_time ON seen (at)',
    ...spread(
      'agent_starts',
      `host TEXT NOT NULL, started_at BIGINT NOT NULL, boot_id TEXT, sequence BIGINT NOT NULL, marked_at BIGINT NOT NULL,
      PRIMARY KEY (host, started_at)`,
    ),
    ...spread(
      'listeners',
      `host TEXT NOT NULL, network_namespace TEXT NOT NULL, protocol TEXT NOT NULL, port BIGINT NOT NULL,
      address TEXT NOT NULL, inode TEXT NOT NULL, opened_at BIGINT, holders TEXT NOT NULL, facts TEXT NOT NULL,
      PRIMARY KEY (host, network_namespace, protocol, port, address, inode)`,
    ),
    ...spread('processes', 'host TEXT NOT NULL, pid BIGINT NOT NULL, facts TEXT NOT NULL, PRIMARY KEY (host, pid)'),
    ...spread(
      'findings',
      `host TEXT NOT NULL, opening BIGINT NOT NULL, id TEXT NOT NULL, group_id TEXT NOT NULL, kind TEXT NOT NULL,
      severity BIGINT NOT NULL, program TEXT NOT NULL, current_port BIGINT, since BIGINT NOT NULL,
      detected_at BIGINT NOT NULL, opened_at BIGINT NOT NULL, closed_at BIGINT, closing_received_at BIGINT,
      facts TEXT NOT NULL, PRIMARY KEY (host, opening)`,
    ),
    'CREATE UNIQUE INDEX findings_open ON findings (host, id) WHERE closed_at IS NULL',
    `CREATE INDEX findings_open_by_group ON findings (group_id, since, host, kind, severity, program, closed_at)
    WHERE closed_at IS NULL`,
    'CREATE INDEX findings_by_group ON findings (group_id, closed_at, since, host)',
    'CREATE INDEX findings_by_machine ON findings (host, group_id, opening)',
    'CREATE INDEX findings_by_id ON findings (id)',
    'CREATE INDEX findings_by_closing ON findings (closing_received_at, opening) WHERE closed_at IS NOT NULL',
    ...spread('changes', 'host TEXT PRIMARY KEY, at BIGINT NOT NULL, findings_at BIGINT NOT NULL'),
    'CREATE INDEX changes_by_time ON changes (at)',
    ...spread('host_numbers', `host TEXT PRIMARY KEY, number BIGINT NOT NULL DEFAULT nextval('host_number')`),
    ...spread(
      'event_subjects',
      `host_number BIGINT NOT NULL, hash BIGINT NOT NULL, id BIGINT NOT NULL, subject TEXT NOT NULL,
      used_day BIGINT NOT NULL, PRIMARY KEY (host_number, hash)`,
      'host_number',
    ),
    'CREATE UNIQUE INDEX event_subjects_by_id ON event_subjects (host_number, id)',
    'CREATE INDEX event_subjects_by_day ON event_subjects (used_day)',
    'CREATE TABLE event_days (day BIGINT PRIMARY KEY, strays BIGINT NOT NULL)',
    ...spread(
      'gaps',
      'host TEXT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, PRIMARY KEY (host, from_at, to_at)',
    ),
    ...spread(
      'tokens',
      `host TEXT PRIMARY KEY, name TEXT NOT NULL, token_hash TEXT NOT NULL, created_at BIGINT NOT NULL,
      created_from TEXT NOT NULL, revoked_at BIGINT, asked_at BIGINT, asked_from TEXT, approved_until BIGINT`,
    ),
    'CREATE INDEX tokens_by_name ON tokens (name, host)',
    'CREATE INDEX tokens_by_creation ON tokens (created_at)',
    ...spread(
      'ended_tokens',
      'host TEXT NOT NULL, token_hash TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (host, token_hash)',
    ),
    'CREATE INDEX ended_tokens_by_time ON ended_tokens (at)',
    `CREATE TABLE audit (
      at BIGINT NOT NULL, id TEXT NOT NULL, action TEXT NOT NULL, done_by TEXT NOT NULL, address TEXT, host TEXT,
      detail TEXT NOT NULL, PRIMARY KEY (at, id)
    )`,
    'CREATE TABLE secrets (name TEXT PRIMARY KEY, secret TEXT NOT NULL)',
    `CREATE TABLE expectations (
      revision BIGINT PRIMARY KEY, at BIGINT NOT NULL, changed_by TEXT NOT NULL, services BIGINT NOT NULL,
      document TEXT NOT NULL
    )`,
    ...spread(
      'sightings',
      `host TEXT NOT NULL, program_key TEXT NOT NULL, program TEXT NOT NULL, address TEXT NOT NULL, port BIGINT NOT NULL,
      steady_since BIGINT NOT NULL, seen_at BIGINT NOT NULL, PRIMARY KEY (host, program_key, address, port)`,
    ),
    'CREATE INDEX sightings_by_program ON sightings (program_key, address, port, host)',
    'CREATE INDEX sightings_by_time ON sightings (seen_at)',
    `CREATE TABLE fleet_homes (
      program_key TEXT NOT NULL, program TEXT NOT NULL, address TEXT NOT NULL, port BIGINT NOT NULL,
      machines BIGINT NOT NULL, of_machines BIGINT NOT NULL, since BIGINT NOT NULL,
      PRIMARY KEY (program_key, address, port)
    )`,
    'CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL, cursor TEXT NOT NULL)',
    'CREATE TABLE handed_revision (id BIGINT PRIMARY KEY CHECK (id = 1), revision BIGINT NOT NULL)',
    'INSERT INTO handed_revision (id, revision) VALUES (1, 0)',
  ]
    .map(byBytes)
    .join(';\n'),
];

/** A table in partitions by hash of its machine. */
function spread(table: string, columns: string, machine = 'host'): readonly string[] {
  const parts = Array.from(
    { length: PARTITIONS },
    (_, part) =>
      `CREATE TABLE ${table}_${part} PARTITION OF ${table} FOR VALUES WITH (MODULUS ${PARTITIONS}, REMAINDER ${part})`,
  );
  return [`CREATE TABLE ${table} (${columns}) PARTITION BY HASH (${machine})`, ...parts];
}

/** Texts are sorted and compared by their bytes, as SQLite does. */
function byBytes(statement: string): string {
  return statement.startsWith('CREATE TABLE') ? statement.replaceAll(' TEXT', ' TEXT COLLATE "C"') : statement;
}
