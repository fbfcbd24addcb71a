import type { FeedEntry, StoreReader } from '../store/store.ts';

/**
 * A change bears the time of its instance and is seen once its transaction ends: later than others that bear a later time. So
 * this much is read again each time.
 */
const OVERLAP_MS = 3_000;
/** Machines that change within the overlap; more are told of as a whole. */
const READ_AT_MOST = 5_000;

/** Who was away for longer asks for everything again. */
const RESUMED_MS = 86_400_000;

/** What changed in the store, by whichever instance, each change once. */
export class ChangeFeed {
  /** Time of the newest change that was told. */
  private newest = 0;
  /** Changes that were told and are read again. */
  private told = new Map<string, number>();

  constructor(private readonly reader: StoreReader) {}

  /** Resumes from it find what comes after. */
  get position(): number {
    return this.newest;
  }

  /** What was announced since the last time; null: too much to tell one by one. */
  async next(): Promise<readonly FeedEntry[] | null> {
    const entries = await this.reader.changedSince(this.newest - OVERLAP_MS, READ_AT_MOST);
    if (entries.length === READ_AT_MOST) {
      await this.skip();
      return null;
    }
    const fresh = entries.filter(({ id, at }) => this.told.get(id) !== at);
    this.newest = Math.max(this.newest, entries.at(-1)?.at ?? 0);
    this.told = new Map(entries.filter(({ at }) => at >= this.newest - OVERLAP_MS).map(({ id, at }) => [id, at]));
    return fresh;
  }

  /** Goes on from the present. */
  async skip(): Promise<void> {
    this.newest = await this.reader.lastChangeAt();
    const entries = await this.reader.changedSince(this.newest - OVERLAP_MS, READ_AT_MOST);
    this.told = new Map(entries.map(({ id, at }) => [id, at]));
  }

  /** What was announced after that position, and maybe some before it; null: too long ago, not ours, or too much to tell. */
  async since(position: number, atMost: number): Promise<readonly FeedEntry[] | null> {
    if (position > this.newest || position < this.newest - RESUMED_MS) return null;
    const entries = await this.reader.changedSince(position - OVERLAP_MS, atMost + 1);
    return entries.length > atMost ? null : entries;
  }
}
