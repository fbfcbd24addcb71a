import { type Instant } from '../contract.ts';
import { isEphemeral, type LearnedHome } from './homes.ts';
import { isBatch, newestOf, serviceUnitOf, type Program } from './programs.ts';
import { instant } from './words.ts';

/** One place of one program, as it is kept. */
export interface HomeRecord {
  readonly programKey: string;
  readonly isHostNamespace: boolean;
  /** Of several services that run the same program, this one's; null: the program's. */
  readonly service: string | null;
  readonly address: string;
  readonly port: number;
  /** Seconds it was held by a process in charge, by day: `2026-11-23`. */
  readonly days: Readonly<Record<string, number>>;
  readonly generations: number;
  /** Of the socket that was there last. */
  readonly inode: string;
  /** Name of the program, for people. */
  readonly program: string;
  /** System service of its last holder; null when it was in none. */
  readonly unit: string | null;
  /** When it was first held. */
  readonly since: Instant;
  /** When it was last seen held. */
  readonly until: Instant;
  /** Nothing listened there for a day: it is missed no longer. */
  readonly isRetired: boolean;
}

/** By {@link recordKey}. */
export type HomeRecords = ReadonlyMap<string, HomeRecord>;

const KEPT_DAYS = 30;
/** The least held go first. */
const MOST_RECORDS = 2_000;
const DAY_MS = 86_400_000;

type RecordName = Pick<HomeRecord, 'programKey' | 'isHostNamespace' | 'service' | 'address' | 'port'>;

export function recordKey({ programKey, isHostNamespace, service, address, port }: RecordName): string {
  return JSON.stringify([programKey, isHostNamespace, service, address, port]);
}

/** What a program's processes in charge hold at this moment, of the ports that are no accident. */
type Held = RecordName & Pick<HomeRecord, 'inode' | 'program' | 'unit'>;

function heldBy(program: Program, ephemeralPorts: readonly [number, number] | null): readonly Held[] {
  const newest = newestOf(program);
  if (newest === null) return [];
  const { programKey, isHostNamespace, service } = program;
  return program.instances
    .filter(({ startedAt }) => isBatch([startedAt, newest.startedAt]))
    .flatMap(({ stays }) => stays)
    .filter(({ listener }) => !isEphemeral(listener.port, { ephemeralPorts }))
    .map(({ holder, listener: { address, port, inode } }) => ({
      programKey,
      isHostNamespace,
      service,
      address,
      port,
      inode,
      program: holder.program,
      unit: serviceUnitOf(holder),
    }));
}

export interface Learning {
  /** Those without a finding: what is wrong must not become the norm. */
  readonly programs: readonly Program[];
  readonly ephemeralPorts: readonly [number, number] | null;
  readonly now: number;
  /** Time since the look before. */
  readonly seconds: number;
}

/** The records after one more look. Changes `records` in place: it happens each second. */
export function learn(records: Map<string, HomeRecord>, { programs, ephemeralPorts, now, seconds }: Learning): void {
  const [day, until] = [dayOf(now), instant(now)];
  for (const held of programs.flatMap((program) => heldBy(program, ephemeralPorts))) {
    const key = recordKey(held);
    const known = records.get(key);
    records.set(key, {
      ...held,
      since: known?.since ?? until,
      until,
      isRetired: false,
      generations: (known?.generations ?? 0) + (known?.inode === held.inode ? 0 : 1),
      days: { ...known?.days, [day]: (known?.days[day] ?? 0) + seconds },
    });
  }
}

/** What nobody held for a day is no longer missed. Changes `records` in place. @param begunAt when the agent began to look */
export function retire(records: Map<string, HomeRecord>, begunAt: number, now: number): void {
  for (const [key, record] of records) {
    if (record.isRetired || now - Math.max(begunAt, Date.parse(record.until)) < DAY_MS) continue;
    records.set(key, { ...record, isRetired: true });
  }
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Without days that are over 30 days ago, and without more records than are kept. */
export function forget(records: HomeRecords, now: number): Map<string, HomeRecord> {
  const oldest = dayOf(now - KEPT_DAYS * DAY_MS);
  const recent = [...records.values()]
    .map((record) => ({
      ...record,
      days: Object.fromEntries(Object.entries(record.days).filter(([day]) => day >= oldest)),
    }))
    .filter(({ days }) => Object.keys(days).length > 0)
    .toSorted((a, b) => heldSeconds(b) - heldSeconds(a))
    .slice(0, MOST_RECORDS);
  return new Map(recent.map((record) => [recordKey(record), record]));
}

/** In the last 30 days. */
export function heldSeconds({ days }: Pick<HomeRecord, 'days'>): number {
  return Object.values(days).reduce((sum, seconds) => sum + seconds, 0);
}

/** Looks records up by program. */
export function byProgram(records: HomeRecords): ReadonlyMap<string, readonly HomeRecord[]> {
  return Map.groupBy(records.values(), ({ programKey }) => programKey);
}

/** What is remembered of a program, also of its only service from the time when there were several. */
export function learnedFor(records: ReturnType<typeof byProgram>, program: Program): readonly LearnedHome[] {
  const holder = newestOf(program)?.holder ?? program.past[0]?.holder ?? program.abandoned[0]?.opener;
  const service = program.service ?? (holder === undefined ? null : serviceUnitOf(holder));
  return (records.get(program.programKey) ?? [])
    .filter(
      (record) =>
        record.isHostNamespace === program.isHostNamespace &&
        (record.service === service || (record.service === null && program.service === null)),
    )
    .map(learnedOf);
}

export function learnedOf(record: HomeRecord): LearnedHome {
  const { address, port, generations, since } = record;
  return { address, port, generations, heldSeconds: heldSeconds(record), since: Date.parse(since) };
}
