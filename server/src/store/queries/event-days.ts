import { sql, type RawBuilder } from 'kysely';
import type { EventsTable } from '../tables.ts';
import { isPostgres } from './bulk.ts';
import type { Queries } from './rows.ts';

export const DAY_MS = 86_400_000;
/** Events so far from when they arrived come of a clock that is wrong: they stay with the day of their arrival. */
const OLDEST_MS = 45 * DAY_MS;
const NEWEST_MS = DAY_MS;
/** Partitions of each day in PostgreSQL. */
const PARTITIONS = 4;
/** Of the advisory lock while a day's table is made: two instances meet at midnight. */
const LOCK = 7_620_000_001;

/** A day of which events are kept. */
export interface EventDay {
  /** Since 1970, UTC. */
  readonly day: number;
  /** Some of its events have a time of another day. */
  readonly hasStrays: boolean;
}

/** The day whose table an event belongs to. Retention removes whole days. */
export function dayOf(at: number, receivedAt: number): number {
  const isPlausible = at > receivedAt - OLDEST_MS && at < receivedAt + NEWEST_MS;
  return Math.floor((isPlausible ? at : receivedAt) / DAY_MS);
}

export function dayTable(day: number): string {
  return `events_${day}`;
}

/** As `events` in a query. */
export function eventsOf(day: number): RawBuilder<EventsTable> {
  return sql<EventsTable>`${sql.table(dayTable(day))}`;
}

/** Newest first. */
export async function eventDays(queries: Queries): Promise<readonly EventDay[]> {
  const rows = await queries.selectFrom('event_days').selectAll().orderBy('day', 'desc').execute();
  return rows.map(({ day, strays }) => ({ day, hasStrays: strays === 1 }));
}

/** Makes the tables of these days where there are none. */
export async function addDays(queries: Queries, days: readonly EventDay[]): Promise<void> {
  const known = new Map((await eventDays(queries)).map((known) => [known.day, known]));
  for (const { day, hasStrays } of days) {
    const before = known.get(day);
    if (!before) await addDay(queries, day);
    if (before && (before.hasStrays || !hasStrays)) continue;
    await queries
      .insertInto('event_days')
      .values({ day, strays: Number(hasStrays) })
      .onConflict((conflict) => conflict.column('day').doUpdateSet({ strays: Number(hasStrays) }))
      .execute();
  }
}

async function addDay(queries: Queries, day: number): Promise<void> {
  const table = sql.table(dayTable(day));
  if (!isPostgres(queries)) {
    await sql`create table if not exists ${table} (${sql.raw(columnsOf('INTEGER', 'ANY'))}) strict, without rowid`.execute(
      queries,
    );
    return;
  }
  await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(queries);
  await sql`create table if not exists ${table} (${sql.raw(columnsOf('BIGINT', 'TEXT'))}) partition by hash (host_number)`.execute(
    queries,
  );
  for (let part = 0; part < PARTITIONS; part += 1) {
    const of = sql.raw(`for values with (modulus ${PARTITIONS}, remainder ${part})`);
    const name = sql.table(`${dayTable(day)}_${part}`);
    await sql`create table if not exists ${name} partition of ${table} ${of}`.execute(queries);
  }
  await distribute(queries, day);
}

/** In the types of either database. */
export function columnsOf(integer: string, inode: string): string {
  return `
    host_number ${integer} NOT NULL, at ${integer} NOT NULL, id ${integer} NOT NULL, kind ${integer} NOT NULL,
    subject ${integer} NOT NULL, inode ${inode} NOT NULL, pid ${integer}, start_ticks ${integer}, PRIMARY KEY (host_number, at, id, subject)`;
}

/** A cluster's administrator may have a function that spreads a new table over its nodes. */
async function distribute(queries: Queries, day: number): Promise<void> {
  const known = await sql`select 1 from pg_proc where proname = 'portlight_distribute'`.execute(queries);
  if (known.rows.length > 0) await sql`select portlight_distribute(${dayTable(day)})`.execute(queries);
}

/** Removes whole days before that one; answers which. */
export async function dropDays(queries: Queries, before: number): Promise<readonly number[]> {
  const days = (await eventDays(queries)).map(({ day }) => day).filter((day) => day < before);
  for (const day of days) {
    await sql`drop table if exists ${sql.table(dayTable(day))}`.execute(queries);
    await queries.deleteFrom('event_days').where('day', '=', day).execute();
  }
  return days;
}
