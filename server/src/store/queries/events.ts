import { sql, type SqlBool } from 'kysely';
import type { EventKind, Protocol } from '@portlight/agent/contract';
import type { EventHolder, EventRange, Gap, NewEvent, StoredEvent } from '../store.ts';
import type { EventsTable } from '../tables.ts';
import { batches, toInstant, toInstantOrNull, toMs, toMsOrNull, type Queries } from './rows.ts';

type EventRow = Omit<EventsTable, 'sequence'>;

export async function addEvents(queries: Queries, host: string, events: readonly NewEvent[]): Promise<void> {
  for (const batch of batches(events.map((event) => toEventRow(host, event)))) {
    await queries
      .insertInto('events')
      .values(batch)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

function toEventRow(host: string, event: NewEvent): EventRow {
  return {
    host,
    at: toMs(event.at),
    received_at: event.receivedAt,
    kind: event.kind,
    protocol: event.protocol,
    address: event.address,
    port: event.port,
    network_namespace: event.networkNamespace,
    inode: event.inode,
    holders: event.holders,
    ...toHolderColumns(event.holder),
    detail: event.detail,
    agent_started_at: toMs(event.agentStartedAt),
    agent_event_id: event.agentEventId,
  };
}

type HolderColumns = Pick<EventRow, 'pid' | 'start_ticks' | 'process_started_at' | 'program' | 'command_line'>;

function toHolderColumns(holder: EventHolder | null): HolderColumns {
  if (!holder) return { pid: null, start_ticks: null, process_started_at: null, program: null, command_line: null };
  return {
    pid: holder.pid,
    start_ticks: holder.startTicks,
    process_started_at: toMsOrNull(holder.startedAt),
    program: holder.program,
    command_line: JSON.stringify(holder.commandLine),
  };
}

export async function listEvents(queries: Queries, host: string, range: EventRange): Promise<readonly StoredEvent[]> {
  const { from, to, before, limit } = range;
  const rows = await queries
    .selectFrom('events')
    .leftJoin('agent_starts', (join) =>
      join
        .onRef('agent_starts.host', '=', 'events.host')
        .onRef('agent_starts.started_at', '=', 'events.agent_started_at'),
    )
    .selectAll('events')
    .select('agent_starts.boot_id')
    .where('events.host', '=', host)
    .where('events.at', '>=', from)
    .where('events.at', '<=', to)
    .$if(before !== null, (query) =>
      query.where(sql<SqlBool>`(events.at, events.sequence) < (${before?.at ?? 0}, ${before?.sequence ?? 0})`),
    )
    .orderBy('events.at', 'desc')
    .orderBy('events.sequence', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toStoredEvent);
}

type SelectedEvent = EventRow & { readonly sequence: number; readonly boot_id: string | null };

function toStoredEvent(row: SelectedEvent): StoredEvent {
  return {
    sequence: row.sequence,
    at: toInstant(row.at),
    kind: row.kind as EventKind,
    protocol: row.protocol as Protocol,
    address: row.address,
    port: row.port,
    networkNamespace: row.network_namespace,
    inode: row.inode,
    holder: toEventHolder(row),
    holders: row.holders,
    detail: row.detail,
    agentStartedAt: toInstant(row.agent_started_at),
    bootId: row.boot_id,
  };
}

function toEventHolder(row: HolderColumns): EventHolder | null {
  if (row.pid === null) return null;
  return {
    pid: row.pid,
    startTicks: row.start_ticks,
    startedAt: toInstantOrNull(row.process_started_at),
    program: row.program ?? '',
    commandLine: JSON.parse(row.command_line ?? '[]') as readonly string[],
  };
}

export async function addGap(queries: Queries, host: string, { from, to }: Gap): Promise<void> {
  await queries
    .insertInto('gaps')
    .values({ host, from_at: from, to_at: to })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function listGaps(queries: Queries, host: string, since: number): Promise<readonly Gap[]> {
  const rows = await queries
    .selectFrom('gaps')
    .select(['from_at', 'to_at'])
    .where('host', '=', host)
    .where('to_at', '>=', since)
    .orderBy('from_at')
    .limit(1_000)
    .execute();
  return rows.map((row) => ({ from: row.from_at, to: row.to_at }));
}
