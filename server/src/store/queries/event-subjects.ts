import { hash } from 'node:crypto';
import { sql } from 'kysely';
import type { Protocol } from '@portlight/agent/contract';
import type { EventHolder, NewEvent } from '../event-store.ts';
import type { EventSubjectsTable } from '../tables.ts';
import { isOneOf, upsert, type RowShape } from './bulk.ts';
import { toInstant, toInstantOrNull, toMs, toMsOrNull, type Queries } from './rows.ts';

/**
 * What of an event comes again and again, written down once for a machine, as JSON: all but when it happened, to which socket,
 * by which process of the program.
 */
type Subject = readonly [
  agentStartedAt: number,
  protocol: Protocol,
  address: string,
  port: number,
  networkNamespace: string,
  detail: string | null,
  holders: number,
  program: string | null,
  commandLine: readonly string[] | null,
  /** When ticks began to count: process start = this + 10 ms a tick; null when the start is not known. */
  ticksFrom: number | null,
];

/** Of a clock tick, 1/100 s on every Linux machine (proc(5), starttime). */
const TICK_MS = 10;

/** An event but for what its own row says. */
export type Told = Omit<NewEvent, 'at' | 'id' | 'kind' | 'inode' | 'receivedAt'>;

export function subjectOf({ agentStartedAt, holders, holder, ...event }: Told): string {
  const { protocol, address, port, networkNamespace, detail } = event;
  const program = holder
    ? ([holder.program, holder.commandLine, ticksFrom(holder)] as const)
    : ([null, null, null] as const);
  const place = [protocol, address, port, networkNamespace] as const;
  const subject: Subject = [toMs(agentStartedAt), ...place, detail, holders, ...program];
  return JSON.stringify(subject);
}

function ticksFrom({ startTicks, startedAt }: EventHolder): number | null {
  const start = toMsOrNull(startedAt);
  return start === null ? null : start - (startTicks ?? 0) * TICK_MS;
}

/** The other half of {@link subjectOf}, for the process with these numbers. */
export function fromSubject(text: string, pid: number | null, startTicks: number | null): Told {
  const [agentStart, protocol, address, port, networkNamespace, detail, holders, ...process] = JSON.parse(
    text,
  ) as Subject;
  const [program, commandLine, from] = process;
  const startedAt = toInstantOrNull(from === null ? null : from + (startTicks ?? 0) * TICK_MS);
  const holder =
    pid === null ? null : { pid, startTicks, startedAt, program: program ?? '', commandLine: commandLine ?? [] };
  const place = { protocol, address, port, networkNamespace };
  return { agentStartedAt: toInstant(agentStart), ...place, detail, holders, holder };
}

/** A subject of a machine, as it is looked for. */
export interface UsedSubject {
  readonly hostNumber: number;
  readonly text: string;
  readonly day: number;
}

const SUBJECTS: RowShape<EventSubjectsTable> = {
  table: 'event_subjects',
  columns: { host_number: 'bigint', hash: 'bigint', id: 'bigint', subject: 'text', used_day: 'bigint' },
  key: ['host_number', 'hash'],
};

/** Ids of subjects by {@link subjectKey}; those not known yet are written down. */
export async function subjectIds(queries: Queries, used: readonly UsedSubject[]): Promise<ReadonlyMap<string, number>> {
  const wanted = newestOf(used);
  const known = await knownSubjects(queries, [...wanted.values()]);
  const fresh = [...wanted].filter(([key]) => !known.has(key)).map(([, subject]) => subject);
  const last = fresh.length === 0 ? new Map<number, number>() : await lastIds(queries, fresh);
  const rows = fresh.map(({ hostNumber, text, day }) => {
    const id = (last.get(hostNumber) ?? 0) + 1;
    last.set(hostNumber, id);
    return { host_number: hostNumber, hash: hashOf(text), id, subject: text, used_day: day };
  });
  const aged = [...wanted].flatMap(([key, { day }]) => {
    const row = known.get(key);
    return row && row.used_day < day ? [{ ...row, used_day: day }] : [];
  });
  await upsert(queries, SUBJECTS, [...rows, ...aged], ['used_day']);
  const all = [...known.values(), ...rows];
  return new Map(all.map((row) => [subjectKey(row.host_number, row.hash), row.id]));
}

/** Each once, with the newest day. */
function newestOf(used: readonly UsedSubject[]): ReadonlyMap<string, UsedSubject> {
  const wanted = new Map<string, UsedSubject>();
  for (const subject of used) {
    const key = subjectKey(subject.hostNumber, hashOf(subject.text));
    const known = wanted.get(key);
    if (!known || known.day < subject.day) wanted.set(key, subject);
  }
  return wanted;
}

export function subjectKey(hostNumber: number, textHash: number): string {
  return `${hostNumber} ${textHash}`;
}

/** 52 bits: a machine has some hundred subjects, and a number that JavaScript keeps exact is enough to tell them apart. */
export function hashOf(text: string): number {
  const bytes = hash('sha256', text, 'buffer');
  return bytes.readUIntBE(0, 6) * 16 + (bytes.readUInt8(6) >> 4);
}

async function knownSubjects(
  queries: Queries,
  used: readonly UsedSubject[],
): Promise<ReadonlyMap<string, EventSubjectsTable>> {
  const rows = await queries
    .selectFrom('event_subjects')
    .select(['host_number', 'hash', 'id', 'used_day', sql<string>`''`.as('subject')])
    .where(isOneOf(queries, sql`host_number`, [...new Set(used.map(({ hostNumber }) => hostNumber))]))
    .where(isOneOf(queries, sql`hash`, [...new Set(used.map(({ text }) => hashOf(text)))]))
    .execute();
  return new Map(rows.map((row) => [subjectKey(row.host_number, row.hash), row]));
}

async function lastIds(queries: Queries, used: readonly UsedSubject[]): Promise<Map<number, number>> {
  const rows = await queries
    .selectFrom('event_subjects')
    .select(['host_number', sql<number>`max(id)`.as('last')])
    .where(isOneOf(queries, sql`host_number`, [...new Set(used.map(({ hostNumber }) => hostNumber))]))
    .groupBy('host_number')
    .execute();
  return new Map(rows.map(({ host_number: number, last }) => [number, last]));
}

/** Texts by id. */
export async function subjectsOf(
  queries: Queries,
  hostNumber: number,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await queries
    .selectFrom('event_subjects')
    .select(['id', 'subject'])
    .where('host_number', '=', hostNumber)
    .where(isOneOf(queries, sql`id`, ids))
    .execute();
  return new Map(rows.map(({ id, subject }) => [id, subject]));
}
