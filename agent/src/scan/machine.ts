import type { Event, Listener, Snapshot } from '../contract.ts';
import { changesBetween, type UnnumberedEvent } from './changes.ts';
import { digestOf } from './digest.ts';
import type { Scan, Scanner } from './scanner.ts';

/** A snapshot with its digest. */
export interface Sight {
  readonly snapshot: Snapshot;
  readonly digest: string;
}

export type Watcher = (sight: Sight, events: readonly Event[]) => void;

export interface MachineOptions {
  readonly scanner: Scanner;
  /** Makes the snapshot of a scan. */
  readonly compose: (scan: Scan) => Snapshot;
  /** Asked at the beginning of each look: an event when nobody looked for too long before it, else null. */
  readonly missed: (at: Date) => UnnumberedEvent | null;
}

/** This machine over time: its last sight, and what happened from look to look. */
export class Machine {
  readonly #options: MachineOptions;
  readonly #watchers: Watcher[] = [];
  #sight: Sight | null = null;
  #lastEventId = 0;

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  /** What the last look saw; null before the first. */
  get sight(): Sight | null {
    return this.#sight;
  }

  /** Calls `watcher` after each look. */
  watch(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  look(at: Date): void {
    const missed = this.#options.missed(at);
    const snapshot = this.#options.compose(this.#options.scanner.scan(at));
    const changes = this.#changesSince(this.#sight?.snapshot.listeners ?? null, snapshot.listeners, at);
    const events = [...(missed === null ? [] : [missed]), ...changes].map((event) => ({
      id: ++this.#lastEventId,
      ...event,
    }));
    this.#sight = { snapshot, digest: digestOf(snapshot) };
    for (const watcher of this.#watchers) watcher(this.#sight, events);
  }

  /** The first look opens nothing: what it sees was there before. */
  #changesSince(before: readonly Listener[] | null, now: readonly Listener[], at: Date): readonly UnnumberedEvent[] {
    return before === null ? [] : changesBetween(before, now, at).events;
  }
}
