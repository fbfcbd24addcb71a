import type { DatabaseSync } from 'node:sqlite';
import { ACCESS_MIGRATION } from './access-migration.ts';
import { moveEvents } from './move-events.ts';

/** Step n brings a file from schema n to n + 1; steps are only ever added. A step that is no text does what SQL cannot. */
export const MIGRATIONS: readonly (string | ((database: DatabaseSync) => void))[] = [
  `
  CREATE TABLE hosts (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, host_group TEXT NOT NULL, facts TEXT NOT NULL, findings TEXT NOT NULL,
    digest TEXT NOT NULL, live_token TEXT NOT NULL, push_address TEXT, taken_at INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL, has_left INTEGER NOT NULL, host_namespace TEXT,
    listeners INTEGER NOT NULL, tcp INTEGER NOT NULL, udp INTEGER NOT NULL, unattributed INTEGER NOT NULL,
    on_loopback INTEGER NOT NULL, on_private INTEGER NOT NULL, on_public INTEGER NOT NULL, on_any INTEGER NOT NULL,
    critical INTEGER NOT NULL, warning INTEGER NOT NULL, notice INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX hosts_by_name ON hosts (name, id);
  CREATE INDEX hosts_by_group ON hosts (host_group, name, id);

  -- No foreign key: a sign of life may be written before or after its host, and costs as little as possible.
  CREATE TABLE seen (
    host TEXT PRIMARY KEY, at INTEGER NOT NULL, clock_offset_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX seen_by_time ON seen (at);

  CREATE TABLE agent_starts (
    host TEXT NOT NULL, started_at INTEGER NOT NULL, boot_id TEXT, sequence INTEGER NOT NULL, marked_at INTEGER NOT NULL,
    PRIMARY KEY (host, started_at)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE listeners (
    host TEXT NOT NULL REFERENCES hosts (id) ON DELETE CASCADE, network_namespace TEXT NOT NULL, protocol TEXT NOT NULL,
    port INTEGER NOT NULL, address TEXT NOT NULL, inode TEXT NOT NULL, opened_at INTEGER, holders TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (host, network_namespace, protocol, port, address, inode)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE processes (
    host TEXT NOT NULL REFERENCES hosts (id) ON DELETE CASCADE, pid INTEGER NOT NULL, facts TEXT NOT NULL,
    PRIMARY KEY (host, pid)
  ) STRICT, WITHOUT ROWID;

  -- AUTOINCREMENT: a sequence that people page by must not come back after retention removed the newest rows.
  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, host TEXT NOT NULL, at INTEGER NOT NULL, received_at INTEGER NOT NULL,
    kind TEXT NOT NULL, protocol TEXT NOT NULL, address TEXT NOT NULL, port INTEGER NOT NULL,
    network_namespace TEXT NOT NULL, inode TEXT NOT NULL, holders INTEGER NOT NULL, pid INTEGER, start_ticks INTEGER,
    process_started_at INTEGER, program TEXT, command_line TEXT, detail TEXT, agent_started_at INTEGER NOT NULL,
    agent_event_id INTEGER
  ) STRICT;
  CREATE INDEX events_by_time ON events (host, at, sequence);
  CREATE UNIQUE INDEX events_once ON events (host, agent_started_at, agent_event_id) WHERE agent_event_id IS NOT NULL;

  CREATE TABLE gaps (
    host TEXT NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL,
    PRIMARY KEY (host, from_at, to_at)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE feed (
    position INTEGER PRIMARY KEY AUTOINCREMENT, host TEXT NOT NULL, at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE tokens (
    host TEXT PRIMARY KEY, token_hash TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE secrets (name TEXT PRIMARY KEY, secret TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- One row for each opening. Severity 0 is critical, 1 warning, 2 notice.
  CREATE TABLE findings (
    opening INTEGER PRIMARY KEY, host TEXT NOT NULL REFERENCES hosts (id) ON DELETE CASCADE, id TEXT NOT NULL,
    group_id TEXT NOT NULL, kind TEXT NOT NULL, severity INTEGER NOT NULL, program TEXT NOT NULL, current_port INTEGER,
    since INTEGER NOT NULL, detected_at INTEGER NOT NULL, opened_at INTEGER NOT NULL, closed_at INTEGER,
    closing_received_at INTEGER, facts TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX findings_open ON findings (host, id) WHERE closed_at IS NULL;
  -- closed_at is in it, null as it is, so that sums read nothing but the index.
  CREATE INDEX findings_open_by_group ON findings (group_id, since, host, kind, severity, program, closed_at)
    WHERE closed_at IS NULL;
  CREATE INDEX findings_by_group ON findings (group_id, closed_at, since, host);
  CREATE INDEX findings_by_machine ON findings (host, group_id, opening);
  CREATE INDEX findings_by_id ON findings (id);
  CREATE INDEX findings_by_closing ON findings (closing_received_at, opening) WHERE closed_at IS NOT NULL;

  -- julianday keeps milliseconds; 2440587.5 is 1970.
  INSERT OR IGNORE INTO findings (host, id, group_id, kind, severity, program, since, detected_at, opened_at, facts)
  SELECT hosts.id, old.value ->> 'id', coalesce(old.value ->> 'groupId', old.value ->> 'id'), old.value ->> 'kind',
    CASE old.value ->> 'severity' WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, old.value ->> 'program',
    CAST(round((julianday(old.value ->> 'since') - 2440587.5) * 86400000) AS INTEGER),
    CAST(round((julianday(old.value ->> 'detectedAt') - 2440587.5) * 86400000) AS INTEGER),
    hosts.taken_at, old.value
  FROM hosts, json_each(hosts.findings) AS old;

  ALTER TABLE hosts ADD COLUMN off_port INTEGER NOT NULL DEFAULT 0;
  UPDATE hosts SET off_port = 1
  WHERE EXISTS (SELECT 1 FROM findings WHERE findings.host = hosts.id AND kind IN ('drift', 'ladder'));
  CREATE INDEX hosts_off_port ON hosts (host_group, off_port) WHERE off_port = 1;

  ALTER TABLE hosts ADD COLUMN worst_kind TEXT;
  UPDATE hosts SET worst_kind = (
    SELECT kind FROM findings WHERE findings.host = hosts.id AND closed_at IS NULL
    ORDER BY severity, CASE kind WHEN 'ladder' THEN 0 WHEN 'drift' THEN 1 WHEN 'stale-holder' THEN 2 ELSE 3 END LIMIT 1
  );
  ALTER TABLE hosts DROP COLUMN findings;

  ALTER TABLE feed ADD COLUMN findings_changed INTEGER NOT NULL DEFAULT 0;
  `,
  `
  CREATE TABLE expectations (
    revision INTEGER PRIMARY KEY, at INTEGER NOT NULL, changed_by TEXT NOT NULL, services INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;

  CREATE TABLE sightings (
    host TEXT NOT NULL REFERENCES hosts (id) ON DELETE CASCADE, program_key TEXT NOT NULL, program TEXT NOT NULL,
    address TEXT NOT NULL, port INTEGER NOT NULL, steady_since INTEGER NOT NULL, seen_at INTEGER NOT NULL,
    PRIMARY KEY (host, program_key, address, port)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sightings_by_program ON sightings (program_key, address, port, host, seen_at, steady_since, program);
  CREATE INDEX sightings_by_time ON sightings (seen_at);

  CREATE TABLE fleet_homes (
    program_key TEXT NOT NULL, program TEXT NOT NULL, address TEXT NOT NULL, port INTEGER NOT NULL,
    machines INTEGER NOT NULL, of_machines INTEGER NOT NULL, since INTEGER NOT NULL,
    PRIMARY KEY (program_key, address, port)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE leases (
    name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL, cursor TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE handed_revision (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL) STRICT;
  INSERT INTO handed_revision (id, revision) VALUES (1, 0);
  `,
  `
  ALTER TABLE seen ADD COLUMN every_seconds INTEGER NOT NULL DEFAULT 15;
  ALTER TABLE hosts ADD COLUMN rows_hash TEXT;

  -- The machine comes first, so that rows of one machine lie together wherever they lie.
  CREATE TABLE machine_findings (
    host TEXT NOT NULL, opening INTEGER NOT NULL, id TEXT NOT NULL, group_id TEXT NOT NULL, kind TEXT NOT NULL,
    severity INTEGER NOT NULL, program TEXT NOT NULL, current_port INTEGER, since INTEGER NOT NULL,
    detected_at INTEGER NOT NULL, opened_at INTEGER NOT NULL, closed_at INTEGER, closing_received_at INTEGER,
    facts TEXT NOT NULL,
    PRIMARY KEY (host, opening)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO machine_findings
  SELECT host, row_number() OVER (PARTITION BY host ORDER BY opening), id, group_id, kind, severity, program,
    current_port, since, detected_at, opened_at, closed_at, closing_received_at, facts
  FROM findings;
  DROP TABLE findings;
  ALTER TABLE machine_findings RENAME TO findings;
  CREATE UNIQUE INDEX findings_open ON findings (host, id) WHERE closed_at IS NULL;
  -- closed_at is in it, null as it is, so that sums read nothing but the index.
  CREATE INDEX findings_open_by_group ON findings (group_id, since, host, kind, severity, program, closed_at)
    WHERE closed_at IS NULL;
  CREATE INDEX findings_by_group ON findings (group_id, closed_at, since, host);
  CREATE INDEX findings_by_machine ON findings (host, group_id, opening);
  CREATE INDEX findings_by_id ON findings (id);
  CREATE INDEX findings_by_closing ON findings (closing_received_at, opening) WHERE closed_at IS NOT NULL;

  -- One row for each machine in place of one for each change.
  CREATE TABLE changes (host TEXT PRIMARY KEY, at INTEGER NOT NULL, findings_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX changes_by_time ON changes (at);
  INSERT INTO changes SELECT host, max(at), coalesce(max(CASE findings_changed WHEN 1 THEN at END), 0) FROM feed GROUP BY host;
  DROP TABLE feed;

  CREATE TABLE host_numbers (number INTEGER PRIMARY KEY, host TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE event_subjects (
    host_number INTEGER NOT NULL, hash INTEGER NOT NULL, id INTEGER NOT NULL, subject TEXT NOT NULL,
    used_day INTEGER NOT NULL,
    PRIMARY KEY (host_number, hash)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX event_subjects_by_id ON event_subjects (host_number, id);
  CREATE INDEX event_subjects_by_day ON event_subjects (used_day);
  CREATE TABLE event_days (day INTEGER PRIMARY KEY, strays INTEGER NOT NULL) STRICT;
  `,
  moveEvents,
  ACCESS_MIGRATION,
];
