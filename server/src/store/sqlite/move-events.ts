import type { DatabaseSync } from 'node:sqlite';
import { EVENT_KINDS, type EventKind, type Protocol } from '@portlight/agent/contract';
import { columnsOf, DAY_MS, dayOf, dayTable } from '../queries/event-days.ts';
import { hashOf, subjectOf, type Told } from '../queries/event-subjects.ts';
import { inodeColumn } from '../queries/events.ts';
import { toInstant, toInstantOrNull } from '../queries/rows.ts';

/** A row of the one table that held all events up to schema 4. */
interface OldEvent {
  readonly sequence: number;
  readonly host: string;
  readonly at: number;
  readonly received_at: number;
  readonly kind: EventKind;
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly network_namespace: string;
  readonly inode: string;
  readonly holders: number;
  readonly pid: number | null;
  readonly start_ticks: number | null;
  readonly process_started_at: number | null;
  readonly program: string | null;
  readonly command_line: string | null;
  readonly detail: string | null;
  readonly agent_started_at: number;
  readonly agent_event_id: number | null;
}

/** Moves events into tables of their days, what comes again and again into texts that are written once. */
export function moveEvents(database: DatabaseSync): void {
  const old = database.prepare('SELECT * FROM events ORDER BY sequence');
  const addNumber = database.prepare('INSERT OR IGNORE INTO host_numbers (host) VALUES (?)');
  const numberOf = database.prepare('SELECT number FROM host_numbers WHERE host = ?');
  const addSubject = database.prepare(`
    INSERT INTO event_subjects (host_number, hash, id, subject, used_day)
    VALUES (?1, ?2, (SELECT coalesce(max(id), 0) + 1 FROM event_subjects WHERE host_number = ?1), ?3, ?4)
    ON CONFLICT (host_number, hash) DO UPDATE SET used_day = max(used_day, excluded.used_day) RETURNING id`);
  for (const row of old.iterate()) {
    const event = row as unknown as OldEvent;
    addNumber.run(event.host);
    const hostNumber = Number(numberOf.get(event.host)?.number);
    const day = dayOf(event.at, event.received_at);
    addDay(database, day, Math.floor(event.at / DAY_MS) !== day);
    const text = subjectOf(toTold(event));
    const subject = Number(addSubject.get(hostNumber, hashOf(text), text, day)?.id);
    database
      .prepare(`INSERT OR IGNORE INTO ${dayTable(day)} VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
      .run(
        ...[hostNumber, event.at - day * DAY_MS, event.agent_event_id ?? -event.sequence],
        ...[EVENT_KINDS.indexOf(event.kind), subject, inodeColumn(event.inode), event.pid, event.start_ticks],
      );
  }
  database.exec('DROP TABLE events');
}

function addDay(database: DatabaseSync, day: number, isStray: boolean): void {
  database.exec(`CREATE TABLE IF NOT EXISTS ${dayTable(day)} (${columnsOf('INTEGER', 'ANY')}) STRICT, WITHOUT ROWID`);
  database
    .prepare(
      'INSERT INTO event_days VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET strays = max(strays, excluded.strays)',
    )
    .run(day, Number(isStray));
}

function toTold(event: OldEvent): Told {
  const { protocol, address, port, network_namespace: networkNamespace, detail, holders, pid } = event;
  const commandLine = JSON.parse(event.command_line ?? '[]') as readonly string[];
  const process = { startTicks: event.start_ticks, startedAt: toInstantOrNull(event.process_started_at) };
  const holder = pid === null ? null : { pid, ...process, program: event.program ?? '', commandLine };
  const agentStartedAt = toInstant(event.agent_started_at);
  return { agentStartedAt, protocol, address, port, networkNamespace, detail, holders, holder };
}
