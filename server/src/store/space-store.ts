/** What may be asked of the room that everything takes. */
export interface SpaceReader {
  space(): Promise<Space>;
  /** Events before that time were removed before theirs, to make room; 0: none were. */
  eventsKeptSince(): Promise<number>;
}

/** What may be changed of it, within a transaction. */
export interface SpaceWriter {
  /** Removes the events of the oldest day there is, but never those of the newest one; answers which, null where only one is left. */
  dropOldestDay(): Promise<string | null>;
  /** Gives a bounded part of what is free within the store back to the disk. */
  giveBack(): Promise<void>;
}

/** Bytes. */
export interface Space {
  /** By everything that is kept. */
  readonly used: number;
  /** Within the store, for what comes next. */
  readonly free: number;
}
