/** The newest of what happened on this machine since the agent started, in the order in which it was seen. */
import { type Event, type Finding, type FindingChange, type Happening, type Happenings } from '../contract.ts';
import { type Sight } from '../scan/machine.ts';

const CAPACITY = 10_000;
/** What is kept weighs at most this, however long command lines are and however many processes share a socket. */
const MOST_BYTES = 32 * 1024 * 1024;

export interface HappeningsOptions {
  readonly agentStartedAt: Date;
  readonly capacity?: number;
  readonly mostBytes?: number;
}

export class RecentHappenings {
  readonly #agentStartedAt: string;
  readonly #mostBytes: number;
  /** Number n is at place (n - 1) modulo its length. */
  readonly #ring: (Happening | undefined)[];
  readonly #listeners = new Set<() => void>();
  #lastSequence = 0;
  /** Number of the oldest one kept; one more than the last when there is none. */
  #oldest = 1;
  #bytes = 0;
  #findings: readonly Finding[] | null = null;

  constructor({ agentStartedAt, capacity = CAPACITY, mostBytes = MOST_BYTES }: HappeningsOptions) {
    this.#agentStartedAt = agentStartedAt.toISOString();
    this.#mostBytes = mostBytes;
    this.#ring = new Array<Happening | undefined>(capacity).fill(undefined);
  }

  /** Called after each look. */
  see({ snapshot }: Sight, events: readonly Event[]): void {
    const changes = findingChanges(this.#findings, snapshot.findings, snapshot.takenAt);
    this.#findings = snapshot.findings;
    for (const event of events) this.#add({ ...event, sequence: this.#lastSequence + 1 });
    for (const change of changes) this.#add({ ...change, sequence: this.#lastSequence + 1 });
    if (events.length + changes.length > 0) for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` whenever something was added; returns how to stop that. */
  onAdded(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The oldest one after that number that is still kept. */
  next(sequence: number): Happening | undefined {
    return this.#at(Math.max(sequence + 1, this.#oldest));
  }

  /** Those after that number; of more than `limit` the newest. */
  since(sequence: number, limit = CAPACITY): Happenings {
    const after = this.startAfter(sequence);
    const first = Math.max(after + 1, this.#oldest, this.#lastSequence - limit + 1);
    const items: Happening[] = [];
    for (let number = first; number <= this.#lastSequence; number += 1) {
      const happening = this.#at(number);
      if (happening !== undefined) items.push(happening);
    }
    const dropped = Math.max(0, this.#oldest - 1 - after);
    return { items, lastSequence: this.#lastSequence, dropped, agentStartedAt: this.#agentStartedAt };
  }

  /** A number that was not given yet is of an earlier start: whoever has it knows nothing of this one. */
  startAfter(sequence: number): number {
    return sequence > this.#lastSequence ? 0 : sequence;
  }

  #at(sequence: number): Happening | undefined {
    const isKept = sequence >= this.#oldest && sequence <= this.#lastSequence;
    return isKept ? this.#ring[(sequence - 1) % this.#ring.length] : undefined;
  }

  #add(happening: Happening): void {
    if (happening.sequence - this.#oldest >= this.#ring.length) this.#dropOldest();
    this.#lastSequence = happening.sequence;
    this.#ring[(happening.sequence - 1) % this.#ring.length] = happening;
    this.#bytes += bytesOf(happening);
    while (this.#bytes > this.#mostBytes && this.#oldest < this.#lastSequence) this.#dropOldest();
  }

  #dropOldest(): void {
    const oldest = this.#at(this.#oldest);
    if (oldest !== undefined) this.#bytes -= bytesOf(oldest);
    this.#ring[(this.#oldest - 1) % this.#ring.length] = undefined;
    this.#oldest += 1;
  }
}

/** A first look tells of the findings nobody knew of before; those of an earlier start are no news. */
function findingChanges(before: readonly Finding[] | null, now: readonly Finding[], at: string): FindingChange[] {
  const known = new Set(before?.map(({ id }) => id) ?? now.filter((one) => one.detectedAt !== at).map(({ id }) => id));
  const open = new Set(now.map(({ id }) => id));
  const closed = (before ?? []).filter(({ id }) => !open.has(id));
  const opened = now.filter(({ id }) => !known.has(id));
  return [
    ...closed.map((finding) => ({ at, kind: 'finding-closed' as const, finding })),
    ...opened.map((finding) => ({ at, kind: 'finding-opened' as const, finding })),
  ];
}

const EVENT_BYTES = 400;
const HOLDER_BYTES = 400;
const FINDING_BYTES = 4_000;

/** Roughly, and rather too much: processes of one look are shared by all its events. */
function bytesOf(happening: Happening): number {
  if ('finding' in happening) return FINDING_BYTES;
  const holders = happening.holders.map(
    ({ commandLine }) => HOLDER_BYTES + commandLine.reduce((sum, argument) => sum + argument.length, 0),
  );
  return holders.reduce((sum, bytes) => sum + bytes, EVENT_BYTES);
}
