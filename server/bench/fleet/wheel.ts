/** When each of very many hosts is due, in a fixed amount of memory: a slot a millisecond, a list of hosts in each. */

const SLOTS = 65_536;
const NOBODY = -1;

export class Wheel {
  readonly #heads = new Int32Array(SLOTS).fill(NOBODY);
  readonly #next: Int32Array;
  readonly #due: Float64Array;
  #at: number;

  /** @param now milliseconds; times never go back */
  constructor(hosts: number, now: number) {
    this.#next = new Int32Array(hosts).fill(NOBODY);
    this.#due = new Float64Array(hosts);
    this.#at = Math.floor(now);
  }

  /** Each host once; `due` is in milliseconds. */
  add(host: number, due: number): void {
    const slot = Math.max(this.#at, Math.ceil(due)) % SLOTS;
    this.#due[host] = due;
    this.#next[host] = this.#heads[slot] ?? NOBODY;
    this.#heads[slot] = host;
  }

  dueOf(host: number): number {
    return this.#due[host] ?? 0;
  }

  /** Takes out everyone who is due. */
  advance(now: number, take: (host: number) => void): void {
    const last = Math.floor(now);
    for (; this.#at <= last; this.#at += 1) this.#emptySlot(this.#at % SLOTS, now, take);
  }

  clear(): void {
    this.#heads.fill(NOBODY);
  }

  /** Those of a later turn of the wheel stay. */
  #emptySlot(slot: number, now: number, take: (host: number) => void): void {
    let host = this.#heads[slot] ?? NOBODY;
    this.#heads[slot] = NOBODY;
    while (host !== NOBODY) {
      const following = this.#next[host] ?? NOBODY;
      if (this.dueOf(host) <= now) take(host);
      else {
        this.#next[host] = this.#heads[slot] ?? NOBODY;
        this.#heads[slot] = host;
      }
      host = following;
    }
  }
}
