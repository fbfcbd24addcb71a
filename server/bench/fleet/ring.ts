/** First in, first out, in a fixed amount of memory. */
export class Ring {
  readonly #items: Int32Array;
  #first = 0;
  #size = 0;

  constructor(capacity: number) {
    this.#items = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  add(item: number): void {
    if (this.#size === this.#items.length) throw new Error('the ring is full');
    this.#items[(this.#first + this.#size) % this.#items.length] = item;
    this.#size += 1;
  }

  /** Null when there is none. */
  take(): number | null {
    if (this.#size === 0) return null;
    const item = this.#items[this.#first] ?? 0;
    this.#first = (this.#first + 1) % this.#items.length;
    this.#size -= 1;
    return item;
  }

  clear(): void {
    this.#size = 0;
  }
}
