import { sql, type SqlBool } from 'kysely';
import { EVENT_KINDS } from '@portlight/agent/contract';
import type { EventPlace, EventRange, Gap, NewEvent, StoredEvent } from '../event-store.ts';
import type { OfHost } from '../store.ts';
import type { EventsTable, GapsTable } from '../tables.ts';
import { isOneOf, upsert, type RowShape } from './bulk.ts';
import { addDays, DAY_MS, dayOf, dayTable, eventDays, eventsOf, type EventDay } from './event-days.ts';
import { fromSubject, hashOf, subjectIds, subjectKey, subjectOf, subjectsOf } from './event-subjects.ts';
import { toInstant, toMs, type Queries } from './rows.ts';

/** Of one day. */
function shapeOf(day: number): RowShape<EventsTable> {
  return {
    table: dayTable(day),
    columns: {
      ...{ host_number: 'bigint', at: 'bigint', id: 'bigint', kind: 'bigint', subject: 'bigint' },
      ...{ inode: 'text', pid: 'bigint', start_ticks: 'bigint' },
    },
    key: ['host_number', 'at', 'id', 'subject'],
  };
}

/** An event with all that its row needs but numbers out of the store. */
interface Placed {
  readonly event: OfHost<NewEvent>;
  readonly at: number;
  readonly day: number;
  readonly subject: string;
}

export async function addEvents(queries: Queries, events: readonly OfHost<NewEvent>[]): Promise<void> {
  if (events.length === 0) return;
  const placed = events.map(place);
  await addDays(queries, daysOf(placed));
  const numbers = await numbersOf(queries, [...new Set(events.map(({ hostId }) => hostId))]);
  const numberOf = ({ event }: Placed): number => numbers.get(event.hostId) ?? 0;
  const used = placed.map((one) => ({ hostNumber: numberOf(one), text: one.subject, day: one.day }));
  const ids = await subjectIds(queries, used);
  const idOf = (one: Placed): number => ids.get(subjectKey(numberOf(one), hashOf(one.subject))) ?? 0;
  for (const [day, ofDay] of Map.groupBy(placed, (one) => one.day)) {
    const rows = ofDay.map((one) => toEventRow(one, numberOf(one), idOf(one)));
    await upsert(queries, shapeOf(day), rows, []);
  }
}

function place(event: OfHost<NewEvent>): Placed {
  const at = toMs(event.at);
  return { event, at, day: dayOf(at, event.receivedAt), subject: subjectOf(event) };
}

function daysOf(placed: readonly Placed[]): readonly EventDay[] {
  const days = Map.groupBy(placed, ({ day }) => day);
  return [...days].map(([day, ofDay]) => ({ day, hasStrays: ofDay.some(({ at }) => Math.floor(at / DAY_MS) !== day) }));
}

function toEventRow({ event, at, day }: Placed, hostNumber: number, subject: number): EventsTable {
  return {
    host_number: hostNumber,
    at: at - day * DAY_MS,
    id: event.id,
    kind: EVENT_KINDS.indexOf(event.kind),
    subject,
    inode: inodeColumn(event.inode),
    pid: event.holder?.pid ?? null,
    start_ticks: event.holder?.startTicks ?? null,
  };
}

/** A number takes less room; what is none stays as it was told. */
export function inodeColumn(inode: string): number | string {
  return /^[1-9]\d{0,14}$/.test(inode) ? Number(inode) : inode;
}

/** Numbers of machines; a new one gets the next. */
async function numbersOf(queries: Queries, hostIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const known = await knownNumbers(queries, hostIds);
  const fresh = hostIds.filter((hostId) => !known.has(hostId));
  if (fresh.length === 0) return known;
  const hosts: RowShape<{ readonly host: string }> = {
    table: 'host_numbers',
    columns: { host: 'text' },
    key: ['host'],
  };
  await upsert(
    queries,
    hosts,
    fresh.map((host) => ({ host })),
    [],
  );
  return await knownNumbers(queries, hostIds);
}

async function knownNumbers(queries: Queries, hostIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await queries
    .selectFrom('host_numbers')
    .selectAll()
    .where(isOneOf(queries, sql`host`, hostIds))
    .execute();
  return new Map(rows.map(({ host, number }) => [host, number]));
}

export async function listEvents(queries: Queries, host: string, range: EventRange): Promise<readonly StoredEvent[]> {
  const hostNumber = (await knownNumbers(queries, [host])).get(host);
  if (hostNumber === undefined) return [];
  const rows = await readRows(queries, hostNumber, range);
  const subjects = await subjectsOf(queries, hostNumber, [...new Set(rows.map(({ subject }) => subject))]);
  const starts = await queries
    .selectFrom('agent_starts')
    .select(['started_at', 'boot_id'])
    .where('host', '=', host)
    .execute();
  const boots = new Map(starts.map(({ started_at: startedAt, boot_id: bootId }) => [startedAt, bootId]));
  return rows.map((row) => toStoredEvent(row, subjects, boots));
}

/** Newest first. A day is only read when those after it left room; strays may be anywhere. */
async function readRows(queries: Queries, hostNumber: number, range: EventRange): Promise<readonly EventsTable[]> {
  const { from, to, before, limit } = range;
  const until = Math.min(to, before?.at ?? to);
  const days = (await eventDays(queries)).filter(
    ({ day, hasStrays }) => hasStrays || (day * DAY_MS <= until && (day + 1) * DAY_MS > from),
  );
  const strays = days.filter(({ hasStrays }) => hasStrays);
  const found: EventsTable[] = [];
  for (const { day } of strays) found.push(...(await readDay(queries, hostNumber, day, range)));
  for (const { day, hasStrays } of days) {
    if (hasStrays) continue;
    const left = limit - found.filter(({ at }) => at >= day * DAY_MS).length;
    if (left <= 0) break;
    found.push(...(await readDay(queries, hostNumber, day, { ...range, limit: left })));
  }
  if (strays.length > 0) found.sort((a, b) => b.at - a.at || b.id - a.id || b.subject - a.subject);
  return found.slice(0, limit);
}

/** Newest first, with whole times. */
async function readDay(
  queries: Queries,
  hostNumber: number,
  day: number,
  { from, to, before, limit }: EventRange,
): Promise<readonly EventsTable[]> {
  const start = day * DAY_MS;
  const rows = await queries
    .selectFrom(eventsOf(day).as('events'))
    .selectAll()
    .where('host_number', '=', hostNumber)
    .where('at', '>=', from - start)
    .where('at', '<=', Math.min(to, before?.at ?? to) - start)
    .$if(before !== null, (query) => query.where(isBefore(before, start)))
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .orderBy('subject', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, at: row.at + start }));
}

function isBefore(before: EventPlace | null, dayStart: number) {
  const { at, id, subject } = before ?? { at: 0, id: 0, subject: 0 };
  return sql<SqlBool>`(at, id, subject) < (${at - dayStart}, ${id}, ${subject})`;
}

function toStoredEvent(
  row: EventsTable,
  subjects: ReadonlyMap<number, string>,
  boots: ReadonlyMap<number, string | null>,
): StoredEvent {
  const { at, id, kind, subject, inode, pid, start_ticks: startTicks } = row;
  const text = subjects.get(subject);
  if (text === undefined) throw new Error(`the store has no subject ${subject} of machine ${row.host_number}`);
  const told = fromSubject(text, pid, startTicks);
  const bootId = boots.get(toMs(told.agentStartedAt)) ?? null;
  return {
    ...told,
    kind: EVENT_KINDS[kind] ?? 'gap',
    place: { at, id, subject },
    at: toInstant(at),
    inode: String(inode),
    bootId,
  };
}

const GAPS: RowShape<GapsTable> = {
  table: 'gaps',
  columns: { host: 'text', from_at: 'bigint', to_at: 'bigint' },
  key: ['host', 'from_at', 'to_at'],
};

export async function addGaps(queries: Queries, gaps: readonly OfHost<Gap>[]): Promise<void> {
  const rows = gaps.map(({ hostId, from, to }) => ({ host: hostId, from_at: from, to_at: to }));
  await upsert(queries, GAPS, rows, []);
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
