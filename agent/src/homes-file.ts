/** What was learned of programs' homes, kept over restarts in the state directory. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { recordKey, type HomeRecord, type HomeRecords } from './findings/learned-homes.ts';

const FORMAT = 1;

export interface KeptHomes {
  readonly homes: HomeRecords;
  /** What was wrong with the file, and what became of it; null when nothing was. */
  readonly trouble: string | null;
}

/** A file that cannot be understood is set aside, never overwritten. */
export function loadHomes(file: string): KeptHomes {
  const text = readText(file);
  if (text === null) return { homes: new Map(), trouble: null };
  const records = parse(text);
  if (records !== null) return { homes: new Map(records.map((one) => [recordKey(one), one])), trouble: null };
  const aside = setAside(file);
  return {
    homes: new Map(),
    trouble: `${file} cannot be understood${aside}: homes are learned anew`,
  };
}

/** Whole or not at all: written beside it and put in its place. Null, or why it could not be written. */
export function saveHomes(file: string, homes: HomeRecords): string | null {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const text = JSON.stringify({ format: FORMAT, homes: [...homes.values()] });
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

function parse(text: string): readonly HomeRecord[] | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || value.format !== FORMAT || !Array.isArray(value.homes)) return null;
    const homes: readonly unknown[] = value.homes;
    return homes.every(isHomeRecord) ? homes : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHomeRecord(value: unknown): value is HomeRecord {
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
