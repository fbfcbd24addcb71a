import type { Event } from '../contract.ts';
import { droppedGap, newlyLost } from './loss.ts';
import type { Waiting } from './spool-record.ts';

const CAPACITY = 10_000;

/** Events of this start that are in memory only, oldest first. What does not fit is counted and becomes a visible gap. */
export class WaitingEvents {
  #waiting: Waiting[] = [];
  #dropped = 0;
  readonly #capacity: number;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  get all(): readonly Waiting[] {
    return this.#waiting;
  }

  /** Events lost since the start because there was no room. */
  get dropped(): number {
    return this.#dropped;
  }

  add(events: readonly Event[]): void {
    this.#waiting.push(...events.map((event) => ({ event, lost: 0 })));
    const excess = this.#waiting.length - this.#capacity;
    if (excess <= 0) return;
    // One more goes so that the gap itself fits.
    const lost = this.#waiting.splice(0, excess + 1);
    this.#dropped += newlyLost(lost);
    const gap = droppedGap(lost);
    if (gap) this.#waiting.unshift(gap);
  }

  /** Forgets events up to `id`. */
  forget(id: number): void {
    this.#waiting = this.#waiting.filter(({ event }) => event.id > id);
  }
}
