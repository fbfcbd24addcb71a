import type { Event } from '../contract.ts';

const CAPACITY = 10_000;

/** Events the aggregator has not acknowledged, oldest first. What does not fit is counted and becomes a visible gap. */
export class Outbox {
  #events: Event[] = [];
  #dropped = 0;
  /** Stands for what was dropped; null when nothing was. */
  #gap: Event | null = null;
  readonly #capacity: number;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  get size(): number {
    return this.#events.length;
  }

  /** Events lost since the start because the outbox was full. */
  get dropped(): number {
    return this.#dropped;
  }

  add(events: readonly Event[]): void {
    this.#events.push(...events);
    const excess = this.#events.length - this.#capacity;
    if (excess <= 0) return;
    // One more goes so that the gap itself fits, under the id of the last event it stands for.
    const lost = this.#events.splice(0, excess + 1);
    const last = lost.at(-1);
    if (!last) return;
    // One gap stands for all that was dropped; a gap in the looks is an event like others.
    this.#dropped += lost.filter((event) => event !== this.#gap).length;
    const { id, at, protocol, address, port, networkNamespace, inode } = last;
    const detail = `${this.#dropped} events dropped while the aggregator was away`;
    this.#gap = { id, at, kind: 'gap', protocol, address, port, networkNamespace, inode, holders: [], detail };
    this.#events.unshift(this.#gap);
  }

  /** The oldest `most` events. */
  first(most: number): readonly Event[] {
    return this.#events.slice(0, most);
  }

  /** Forgets what is durable now: events up to `id`. */
  acknowledge(id: number): void {
    this.#events = this.#events.filter((event) => event.id > id);
  }
}
