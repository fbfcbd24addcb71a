import type { WriteStream } from 'node:tty';

const EVERY_MS = 200;

/** Tells on a terminal how far long work has come, on one line; anywhere else it is silent. */
export class Progress {
  private shownAt = -Infinity;
  private width = 0;

  constructor(
    private readonly what: string,
    private readonly total: number,
    private readonly terminal: Pick<WriteStream, 'isTTY' | 'write'> = process.stderr,
  ) {}

  readonly report = (done: number): void => {
    const now = performance.now();
    if (!this.terminal.isTTY || now - this.shownAt < EVERY_MS) return;
    this.shownAt = now;
    const share = this.total === 0 ? 100 : Math.floor((done / this.total) * 100);
    this.show(`${this.what} ${share} % (${done} of ${this.total} rows)`);
  };

  /** Clears the line. */
  end(): void {
    if (this.width === 0) return;
    this.show('');
    this.terminal.write('\r');
  }

  private show(text: string): void {
    this.terminal.write(`\r${text.padEnd(this.width)}`);
    this.width = text.length;
  }
}
