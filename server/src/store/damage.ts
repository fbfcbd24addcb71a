import { StoreFault } from './store-fault.ts';

/** Remembers that data were found damaged: it does not heal by itself, and a probe might not come across it. */
export class Damage {
  private found: StoreFault | null = null;

  async watch<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof StoreFault && cause.kind === 'damaged') this.found ??= cause;
      throw cause;
    }
  }

  /** Throws what was found. */
  check(): void {
    if (this.found) throw this.found;
  }
}
