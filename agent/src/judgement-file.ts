/** What judgement remembers over restarts of the agent, kept in the state directory. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { RESOURCES, type Resource } from './contract.ts';
import { type FindingTimes } from './findings/judge.ts';
import { NOTHING_KEPT, type Kept } from './findings/judgement.ts';
import { recordKey, type HomeRecord } from './findings/learned-homes.ts';
import { type PeakRecord } from './findings/peaks.ts';
import { isListOf, isRecord } from './json-shape.ts';

const FORMAT = 1;

export interface LoadedJudgement {
  readonly kept: Kept;
  /** What was wrong with the file, and what became of it; null when nothing was. */
  readonly trouble: string | null;
}

/** A file that cannot be understood is set aside, never overwritten. */
export function loadJudgement(file: string): LoadedJudgement {
  const text = readText(file);
  if (text === null) return { kept: NOTHING_KEPT, trouble: null };
  const kept = parse(text);
  if (kept !== null) return { kept, trouble: null };
  const trouble = `${file} cannot be understood${setAside(file)}: homes are learned anew`;
  return { kept: NOTHING_KEPT, trouble };
}

/** Whole or not at all: written beside it and put in its place. Null, or why it could not be written. */
export function saveJudgement(file: string, { homes, bootId, findings, peaks }: Kept): string | null {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const text = JSON.stringify({ format: FORMAT, bootId, findings, homes: [...homes.values()], peaks });
    writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
    return null;
  } catch (error) {
    return `learned homes are not kept: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function setAside(file: string): string {
  try {
    renameSync(file, `${file}.damaged`);
    return ` and was renamed to ${file}.damaged`;
  } catch {
    return '';
  }
}

function parse(text: string): Kept | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && value.format === FORMAT ? keptOf(value) : null;
  } catch {
    return null;
  }
}

function keptOf({ bootId, findings, homes, peaks }: Readonly<Record<string, unknown>>): Kept | null {
  const isBoot = bootId === null || typeof bootId === 'string';
  if (!isBoot || !isListOf(homes, isOldRecord) || !isListOf(findings, isFindingTimes)) return null;
  const records = homes.map(completed);
  return records.every(isHomeRecord)
    ? { bootId, findings, homes: new Map(records.map((one) => [recordKey(one), one])), peaks: peaksOf(peaks) }
    : null;
}

/** An older agent kept none; and what cannot be understood is worth less than the homes. */
function peaksOf(value: unknown): readonly PeakRecord[] {
  return Array.isArray(value) ? value.filter(isPeakRecord) : [];
}

function isHour(text: string): boolean {
  return /T([01]\d|2[0-3])$/.test(text) && isInstant(`${text}:00:00.000Z`);
}

function isPeakRecord(value: unknown): value is PeakRecord {
  if (!isRecord(value) || !isRecord(value.hours)) return false;
  const { resource, programKey, hours } = value;
  return (
    RESOURCES.includes(resource as Resource) &&
    (programKey === null || typeof programKey === 'string') &&
    Object.entries(hours).every(([hour, most]) => isHour(hour) && Number.isSafeInteger(most) && Number(most) >= 0)
  );
}

/** What records had at first. */
type OldRecord = Omit<HomeRecord, 'program' | 'unit' | 'since' | 'until' | 'isRetired'> & Partial<HomeRecord>;

/** An older agent's record lacks what is not judged by without it: when it was held is known by its days. */
function completed(record: OldRecord): HomeRecord {
  const days = Object.keys(record.days).sort();
  const [first = '1970-01-01', last = first] = [days[0], days.at(-1)];
  return {
    program: record.programKey.split(' ', 1)[0] ?? record.programKey,
    unit: null,
    since: `${first}T00:00:00.000Z`,
    until: `${last}T00:00:00.000Z`,
    isRetired: false,
    ...record,
  };
}

function isFindingTimes(value: unknown): value is FindingTimes {
  return isRecord(value) && typeof value.id === 'string' && [value.since, value.detectedAt].every(isInstant);
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isHomeRecord({ program, unit, since, until, isRetired }: HomeRecord): boolean {
  const isUnit = unit === null || typeof unit === 'string';
  return typeof program === 'string' && isUnit && [since, until].every(isInstant) && typeof isRetired === 'boolean';
}

function isOldRecord(value: unknown): value is OldRecord {
  if (!isRecord(value) || !isRecord(value.days)) return false;
  const { programKey, isHostNamespace, service, address, port, days, generations, inode } = value;
  return (
    [programKey, address, inode].every((one) => typeof one === 'string') &&
    typeof isHostNamespace === 'boolean' &&
    (service === null || typeof service === 'string') &&
    Number.isInteger(port) &&
    Number.isInteger(generations) &&
    Object.entries(days).every(([day, seconds]) => /^\d{4}-\d\d-\d\d$/.test(day) && Number(seconds) >= 0)
  );
}
