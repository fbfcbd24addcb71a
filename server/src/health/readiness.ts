import type { Store } from '../store/store.ts';

export interface Health {
  readonly status: 'ok';
}

/** A probe is a commit: whoever asks more often than this gets the last answer. */
const PROBE_EVERY_MS = 1_000;

/** Whether the store can be written now. */
export class Readiness {
  private probedAt = -Infinity;
  private probe: Promise<void> = Promise.resolve();

  constructor(private readonly store: Store) {}

  /** Rejects with the store's fault. */
  async check(): Promise<Health> {
    const now = performance.now();
    if (now - this.probedAt > PROBE_EVERY_MS) {
      this.probedAt = now;
      this.probe = this.store.probe();
    }
    await this.probe;
    return { status: 'ok' };
  }
}
