import type { Seen } from '../store/store.ts';

/**
 * Signs of life on their way to the store. They are many and each is worth little: losing the last few seconds of them
 * costs nothing but that time.
 */
export class LastSeen {
  private pending = new Map<string, Seen>();
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly write: (seen: readonly Seen[]) => Promise<void>) {}

  touch(seen: Seen): void {
    this.pending.set(seen.hostId, seen);
  }

  /** Resolves when all that is known now is written; writes go one after another, so what comes during one is the next. */
  flush(): Promise<void> {
    const turn = this.writing.then(() => this.writePending());
    this.writing = turn.catch(() => undefined);
    return turn;
  }

  /** In one batch; what could not be written waits for the next time, unless something newer came. */
  private async writePending(): Promise<void> {
    const batch = this.pending;
    if (batch.size === 0) return;
    this.pending = new Map();
    try {
      await this.write([...batch.values()]);
    } catch (cause) {
      this.pending = new Map([...batch, ...this.pending]);
      throw cause;
    }
  }
}
