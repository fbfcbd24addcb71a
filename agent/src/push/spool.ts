/**
 * Events the aggregator has not acknowledged, in files of the state directory.
 *
 * What was appended survives the end of the agent, however sudden: it is in the kernel's hands. It is brought to the disk
 * once a second: a power cut costs the events of the last second, and what it left half written is cut off at the next
 * start and stands as a gap. Nothing here blocks: the agent's looks go on while a disk is slow.
 */
import { mkdir, open, rename, unlink, writeFile, type FileHandle } from 'node:fs/promises';
import type { Instant } from '../contract.ts';
import { cutGap, droppedGap, newlyLost } from './loss.ts';
import { encodeRecord, type Waiting } from './spool-record.ts';
import { leftSegments, namedSegment, unacknowledged, type Segment } from './spool-segment.ts';

/** Some 20,000 events, more where command lines are short. */
const MOST_BYTES = 16 * 1024 * 1024;
/** What was acknowledged is freed file by file, and a push brings the events of one. */
const SEGMENTS = 32;
const BLOCK_BYTES = 4096;
const SYNC_EACH_MS = 1000;

export interface SpoolOptions {
  readonly folder: string;
  /** Of this start. */
  readonly agentStartedAt: Instant;
  readonly mostBytes?: number;
}

/** An event of this or an earlier start of the agent. */
export interface Kept extends Waiting {
  readonly agentStartedAt: Instant;
}

export class Spool {
  readonly #options: Required<SpoolOptions>;
  /** Oldest first; null before the folder was read. */
  #segments: readonly Segment[] | null = null;
  #number = 0;
  /** Of the last segment while it is appended to. */
  #file: FileHandle | null = null;
  #savedId = 0;
  #dropped = 0;
  #cuts: readonly Segment[] = [];
  #syncTimer: NodeJS.Timeout | null = null;
  /** What was asked for last: one thing at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SpoolOptions) {
    this.#options = { mostBytes: MOST_BYTES, ...options };
  }

  /** Not acknowledged; 0 before {@link open}. */
  get events(): number {
    return this.#known.reduce((sum, { events }) => sum + events, 0);
  }

  get bytes(): number {
    return this.#known.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Events dropped because there was no more room, since the start; what could not be read back counts as one a file. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Files of earlier starts that could not be read to their end. */
  get cuts(): readonly Pick<Segment, 'path' | 'cut'>[] {
    return this.#cuts;
  }

  /** Of this start's events, the last that is in a file, or was until it was acknowledged. */
  get savedId(): number {
    return this.#savedId;
  }

  /** Reads what earlier starts left, once it can. Rejects when the folder cannot be used. */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      await Promise.resolve();
      this.#opened();
    });
  }

  /** Rejects when the disk does not take them all; {@link savedId} says which it took. */
  append(events: readonly Waiting[]): Promise<void> {
    return this.#inTurn(async () => {
      this.#opened();
      for (let rest = events; rest.length > 0;) rest = await this.#appendSome(rest);
      while (this.#takenBytes > this.#options.mostBytes && this.#known.length > 2) await this.#dropOldest();
    });
  }

  /** The events of the oldest file, or of some that are small, oldest first; none when there are none. */
  oldest(): Promise<readonly Kept[]> {
    return this.#inTurn(async () => {
      const kept: Kept[] = [];
      for (const segment of this.#leading()) {
        const { agentStartedAt } = segment;
        const waiting = await unacknowledged(segment).catch(() => this.#lose(segment));
        if (waiting.length === 0) await this.#remove([segment]);
        kept.push(...waiting.map((one) => ({ ...one, agentStartedAt })));
      }
      return kept;
    });
  }

  /** Forgets that event and all before it. */
  acknowledge(agentStartedAt: Instant, id: number): Promise<void> {
    return this.#inTurn(async () => {
      const isIn = (one: Segment): boolean => one.agentStartedAt === agentStartedAt && one.firstId <= id;
      const at = this.#known.findLastIndex(isIn);
      const segment = this.#known[at];
      if (!segment) return;
      const isWhole = segment.lastId <= id;
      await this.#remove(this.#known.slice(0, isWhole ? at + 1 : at));
      if (!isWhole) await this.#shorten(segment, id);
    });
  }

  /** All that was appended is on the disk. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#closeFile());
  }

  get #known(): readonly Segment[] {
    return this.#segments ?? [];
  }

  get #segmentBytes(): number {
    return this.#options.mostBytes / SEGMENTS;
  }

  /** What they take of the disk, by its blocks. */
  get #takenBytes(): number {
    return this.#known.reduce((sum, { bytes }) => sum + Math.max(bytes, BLOCK_BYTES), 0);
  }

  /** The oldest one, and those after it that are no larger together than one may be: short starts leave small files. */
  #leading(): readonly Segment[] {
    let bytes = 0;
    const tooMany = this.#known.findIndex((segment) => (bytes += segment.bytes) > this.#segmentBytes);
    return tooMany < 0 ? this.#known : this.#known.slice(0, Math.max(tooMany, 1));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #opened(): void {
    if (this.#segments !== null) return;
    this.#segments = leftSegments(this.#options.folder);
    this.#number = this.#segments.at(-1)?.number ?? 0;
    this.#cuts = this.#segments.filter(({ cut }) => cut !== null);
    this.#dropped += this.#cuts.length;
  }

  /** As many as one file takes; returns the rest. */
  async #appendSome(events: readonly Waiting[]): Promise<readonly Waiting[]> {
    const segment = this.#file === null ? await this.#begin(events) : this.#known.at(-1);
    if (!segment || this.#file === null) return [];
    const records: Buffer[] = [];
    let end = segment.bytes;
    for (const one of events) {
      if (end >= this.#segmentBytes) break;
      const record = encodeRecord(one);
      records.push(record);
      end += record.length;
    }
    const lastId = events[records.length - 1]?.event.id ?? segment.lastId;
    await this.#write(segment, Buffer.concat(records));
    this.#replace(segment, { ...segment, bytes: end, events: segment.events + records.length, lastId });
    this.#savedId = lastId;
    if (end >= this.#segmentBytes) await this.#closeFile();
    else this.#syncSoon();
    return events.slice(records.length);
  }

  /** All of it, or nothing: then the next ones go to another file, wherever the trouble was. */
  async #write(segment: Segment, bytes: Buffer): Promise<void> {
    try {
      if (this.#file !== null) await writeAt(this.#file, bytes, segment.bytes);
    } catch (error) {
      await this.#closeFile();
      if (segment.events === 0) await this.#remove([segment]);
      throw error;
    }
  }

  async #begin([first]: readonly Waiting[]): Promise<Segment> {
    const { folder, agentStartedAt } = this.#options;
    const firstId = first?.event.id ?? 0;
    const named = namedSegment(folder, this.#number + 1, agentStartedAt, firstId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.#file = await open(named.path, 'w', 0o600);
    this.#number += 1;
    const segment = { ...named, lastId: firstId - 1, bytes: 0, events: 0, acknowledgedId: 0, cut: null, lost: 0 };
    this.#segments = [...this.#known, segment];
    return segment;
  }

  /** A gap takes its place; and the gap before it, if it is one already, goes with it. */
  async #dropOldest(): Promise<void> {
    const [first, second] = this.#known;
    if (!first || !second) return;
    const doomed = first.lost > 0 ? [first, second] : [first];
    const waiting = (await Promise.all(doomed.map(unacknowledged))).flat();
    const gap = droppedGap(waiting);
    const place = doomed.at(-1);
    if (!gap || !place) return this.#remove(doomed);
    const { lost, event } = gap;
    const bytes = await put(place.path, encodeRecord(gap)).catch(() => 0);
    // On a full disk it is in memory only.
    const cut = bytes === 0 ? gap : null;
    this.#replace(place, { ...place, bytes, events: 1, firstId: event.id, lastId: event.id, cut, lost });
    this.#dropped += newlyLost(waiting);
    await this.#remove(doomed.slice(0, -1));
  }

  /** A file that was taken away, or cannot be read any more, holds nothing up. */
  #lose(segment: Segment): readonly Waiting[] {
    const cut = cutGap(segment.lastId, new Date().toISOString(), segment.bytes);
    this.#dropped += segment.events;
    this.#replace(segment, { ...segment, firstId: segment.lastId, bytes: 0, events: 1, cut });
    return [cut];
  }

  async #remove(segments: readonly Segment[]): Promise<void> {
    const numbers = new Set(segments.map(({ number }) => number));
    if (numbers.has(this.#number)) await this.#closeFile();
    this.#segments = this.#known.filter(({ number }) => !numbers.has(number));
    // What cannot be removed comes again after a restart, and the aggregator knows it.
    await Promise.all(segments.map(({ path }) => unlink(path).catch(() => undefined)));
  }

  async #shorten(segment: Segment, acknowledgedId: number): Promise<void> {
    const { length: events } = await unacknowledged({ ...segment, acknowledgedId });
    this.#replace(segment, { ...segment, acknowledgedId, events });
  }

  #replace(old: Segment, now: Segment): void {
    this.#segments = this.#known.map((one) => (one === old ? now : one));
  }

  #syncSoon(): void {
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = null;
      // A disk that fails here fails at the next append, too, and says so there.
      void this.#inTurn(async () => this.#file?.datasync()).catch(() => undefined);
    }, SYNC_EACH_MS).unref();
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    await file.datasync().catch(() => undefined);
    await file.close();
  }
}

/** All of it, or as it was before. */
async function writeAt(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  try {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  } catch (error) {
    await file.truncate(at).catch(() => undefined);
    throw error;
  }
}

/** In one step; answers how many bytes that were. */
async function put(path: string, bytes: Buffer): Promise<number> {
  await writeFile(`${path}.new`, bytes, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return bytes.length;
}
