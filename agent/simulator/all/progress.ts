const ERASE_LINE = '\r\x1b[K';

/** One line on a terminal that says how far it is; nothing anywhere else. */
export class Progress {
  readonly #total: number;
  readonly #playing = new Set<string>();
  #done = 0;

  constructor(total: number) {
    this.#total = total;
  }

  begins(name: string): void {
    this.#playing.add(name);
    this.#show();
  }

  ends(name: string): void {
    this.#playing.delete(name);
    this.#done += 1;
    this.#show();
  }

  clear(): void {
    this.#write(ERASE_LINE);
  }

  #show(): void {
    const line = `${this.#done} of ${this.#total} done, playing ${[...this.#playing].join(', ')}`;
    this.#write(`${ERASE_LINE}${line.slice(0, process.stderr.columns - 1)}`);
  }

  #write(text: string): void {
    if (process.stderr.isTTY) process.stderr.write(text);
  }
}
