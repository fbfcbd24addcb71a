/** The files of a spool: which there are, what is in them. */
import { mkdirSync, readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../contract.ts';
import { cutGap } from './loss.ts';
import { contentsOf, decodeRecords, type Waiting } from './spool-record.ts';

/** One file: events of one agent start, in the order in which they were seen. */
export interface Segment {
  readonly path: string;
  /** Ascends over all starts. */
  readonly number: number;
  readonly agentStartedAt: Instant;
  readonly firstId: number;
  readonly lastId: number;
  /** Up to the end of the last whole record. */
  readonly bytes: number;
  /** Not acknowledged, `cut` included. */
  readonly events: number;
  /** Events up to this one are acknowledged; 0 when none is. */
  readonly acknowledgedId: number;
  /** Stands for what follows those bytes in the file and cannot be read; null when nothing does. */
  readonly cut: Waiting | null;
  /** It holds nothing but a gap, which stands for so many dropped events; else 0. */
  readonly lost: number;
}

const NAME = /^(\d{10})-(\d{1,15})-(\d{1,15})\.events$/;

type Named = Pick<Segment, 'path' | 'number' | 'agentStartedAt' | 'firstId'>;

/** The name says what must be known even when nothing of the file can be read. */
export function namedSegment(folder: string, number: number, agentStartedAt: Instant, firstId: number): Named {
  const name = `${String(number).padStart(10, '0')}-${Date.parse(agentStartedAt)}-${firstId}.events`;
  return { path: join(folder, name), number, agentStartedAt, firstId };
}

/** Those an earlier start left, oldest first; unfinished ones are removed. Throws when the folder cannot be read. */
export function leftSegments(folder: string): readonly Segment[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const names = readdirSync(folder).sort();
  for (const name of names.filter((one) => one.endsWith('.new'))) unlinkSync(join(folder, name));
  return names.flatMap((name) => {
    const [, number, startedMs, firstId] = NAME.exec(name) ?? [];
    if (number === undefined) return [];
    const agentStartedAt = new Date(Number(startedMs)).toISOString();
    const segment = leftSegment(namedSegment(folder, Number(number), agentStartedAt, Number(firstId)));
    if (segment.events > 0) return [segment];
    unlinkSync(segment.path);
    return [];
  });
}

function leftSegment(named: Named): Segment {
  const found = readFileSync(named.path);
  const { count, bytes, last } = contentsOf(found);
  const lastId = last?.event.id ?? named.firstId - 1;
  const damaged = found.length - bytes;
  const cut = damaged > 0 ? cutGap(lastId + 1, statSync(named.path).mtime.toISOString(), damaged) : null;
  return {
    ...named,
    lastId: cut?.event.id ?? lastId,
    bytes,
    events: count + (cut ? 1 : 0),
    acknowledgedId: 0,
    cut,
    lost: count === 1 && !cut ? (last?.lost ?? 0) : 0,
  };
}

/** Its events that are not acknowledged. */
export async function unacknowledged({ path, bytes, cut, acknowledgedId }: Segment): Promise<readonly Waiting[]> {
  const found = bytes === 0 ? [] : decodeRecords((await readFile(path)).subarray(0, bytes));
  return [...found, ...(cut ? [cut] : [])].filter(({ event }) => event.id > acknowledgedId);
}
