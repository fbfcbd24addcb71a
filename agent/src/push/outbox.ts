/**
 * Events on their way to the aggregator, oldest first. While it acknowledges within a second they are in memory only; the
 * others wait in the spool. What the end of the agent can cost is what was seen in its last second.
 */
import type { Event, Instant } from '../contract.ts';
import type { Log } from '../log.ts';
import type { LastLook } from './last-look.ts';
import type { Spool } from './spool.ts';
import type { Waiting } from './spool-record.ts';
import { WaitingEvents } from './waiting-events.ts';

const SPOOL_AFTER_MS = 1000;
/** After the disk did not take them. */
const AGAIN_AFTER_MS = 10_000;
/** Of JSON, for one push. */
const BATCH_BYTES = 512 * 1024;

export interface OutboxOptions {
  readonly spool: Spool;
  readonly lastLook: LastLook;
  readonly agentStartedAt: Instant;
  readonly log: Log;
  /** While the aggregator answers. */
  readonly spoolAfterMs?: number;
}

/** `agentStartedAt` only where an earlier start saw it. */
export type UnsentEvent = Event & { readonly agentStartedAt?: Instant };

/** What one push brings. */
export interface Batch {
  readonly events: readonly UnsentEvent[];
  /** More wait after these. */
  readonly hasMore: boolean;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #memory = new WaitingEvents();
  #lookedAt: Instant | null = null;
  #isAway = false;
  #isSaving = false;
  #saveTimer: NodeJS.Timeout | null = null;
  #trouble: string | null = null;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  get size(): number {
    return this.#memory.all.length + this.#options.spool.events;
  }

  /** Events lost since the start: there was no room for them, or they could not be read back. */
  get dropped(): number {
    return this.#memory.dropped + this.#options.spool.dropped;
  }

  /** Events on the disk, and the bytes they take there. */
  get spooled(): { readonly events: number; readonly bytes: number } {
    const { events, bytes } = this.#options.spool;
    return { events, bytes };
  }

  /** Why the state directory does not take what it should, as a sentence; null when it does. */
  get trouble(): string | null {
    if (this.#trouble !== null) return this.#trouble;
    const { trouble } = this.#options.lastLook;
    return trouble && `the time of the last look is not kept (${trouble}): after a restart nobody can say since when`;
  }

  /** Reads what earlier starts left. */
  async open(): Promise<void> {
    const { spool, log } = this.#options;
    await this.#tried(spool.open());
    for (const { path, cut } of spool.cuts) log.warn(cut?.event.detail ?? 'damaged', { file: path });
  }

  /** Called after each look. */
  add(events: readonly Event[], lookedAt: Instant): void {
    this.#memory.add(events);
    this.#lookedAt = lookedAt;
    this.#mark();
    if (this.#memory.all.length === 0 || this.#saveTimer !== null) return;
    if (this.#isAway || this.#options.spool.events > 0) this.#saveIn(0);
    else this.#saveIn(this.#options.spoolAfterMs ?? SPOOL_AFTER_MS);
  }

  /** The aggregator does not take them now, or does again. */
  set isAway(isAway: boolean) {
    if (isAway && !this.#isAway && this.#memory.all.length > 0 && this.#trouble === null) this.#saveIn(0);
    this.#isAway = isAway;
  }

  /** The oldest ones. */
  async next(): Promise<Batch> {
    const { spool, agentStartedAt: own } = this.#options;
    const kept = spool.events > 0 ? await spool.oldest() : [];
    if (kept.length > 0) {
      const events = kept.map(({ event, agentStartedAt }) =>
        agentStartedAt === own ? event : { ...event, agentStartedAt },
      );
      return { events, hasMore: this.size > events.length };
    }
    const events = within(this.#memory.all, BATCH_BYTES);
    return { events, hasMore: this.#memory.all.length > events.length };
  }

  /** These are durable at the aggregator. */
  async acknowledge(events: readonly UnsentEvent[]): Promise<void> {
    const last = events.at(-1);
    if (!last) return;
    const { spool, agentStartedAt: own } = this.#options;
    const agentStartedAt = last.agentStartedAt ?? own;
    if (agentStartedAt === own) this.#memory.forget(last.id);
    await spool.acknowledge(agentStartedAt, last.id);
    // Nothing is left that would have to be on the disk.
    if (this.#memory.all.length === 0) this.#trouble = null;
    this.#mark();
  }

  /** What was not delivered is on the disk. */
  async close(): Promise<void> {
    const { spool, lastLook } = this.#options;
    if (this.#saveTimer) clearTimeout(this.#saveTimer);
    await this.#save();
    await Promise.all([spool.close(), lastLook.close()]);
  }

  #saveIn(ms: number): void {
    if (this.#saveTimer) clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => {
      this.#saveTimer = null;
      void this.#save();
    }, ms).unref();
  }

  async #save(): Promise<void> {
    if (this.#isSaving) return;
    this.#isSaving = true;
    const { spool } = this.#options;
    let isTaken = true;
    while (isTaken && this.#memory.all.length > 0) {
      isTaken = await this.#tried(spool.append(this.#memory.all));
      this.#memory.forget(spool.savedId);
    }
    this.#isSaving = false;
    if (!isTaken) this.#saveIn(AGAIN_AFTER_MS);
    this.#mark();
  }

  /** Whether the disk did it; tells how it is then. */
  async #tried(work: Promise<void>): Promise<boolean> {
    try {
      await work;
      if (this.#trouble !== null) this.#options.log.info('events are kept on the disk again');
      this.#trouble = null;
      return true;
    } catch (error) {
      const trouble = sentenceOf(error);
      if (this.#trouble !== trouble) this.#options.log.warn(trouble);
      this.#trouble = trouble;
      return false;
    }
  }

  /** Whatever was seen until then is safe. */
  #mark(): void {
    if (this.#lookedAt !== null && this.#memory.all.length === 0) this.#options.lastLook.keep(this.#lookedAt);
  }
}

/** As many of the first as fit, and one at least. */
function within(waiting: readonly Waiting[], mostBytes: number): readonly Event[] {
  let bytes = 0;
  const tooMany = waiting.findIndex(({ event }) => (bytes += JSON.stringify(event).length) > mostBytes);
  return waiting.slice(0, tooMany < 0 ? undefined : Math.max(tooMany, 1)).map(({ event }) => event);
}

function sentenceOf(error: unknown): string {
  const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const remedy = isFull ? 'free some space there' : 'give a writable --state-dir';
  return `undelivered events are in memory only and would not survive the agent (${message}): ${remedy}`;
}
