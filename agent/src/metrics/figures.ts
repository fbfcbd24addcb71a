import { type Event } from '../contract.ts';
import { DurationHistogram, type Histogram } from './histogram.ts';

/** What happened since the agent's start, in numbers. */
export interface Counted {
  /** Listeners, of all network namespaces. */
  readonly opened: number;
  readonly closed: number;
  /** Whole looks: reading, judging, and telling whoever watches. */
  readonly scanSeconds: Histogram;
}

/** In seconds: from a small machine's scan to one no agent should need. */
const SCAN_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Counts while the agent runs. */
export class Figures {
  readonly #scanSeconds = new DurationHistogram(SCAN_BOUNDS);
  #opened = 0;
  #closed = 0;

  scanned(seconds: number): void {
    this.#scanSeconds.add(seconds);
  }

  happened(events: readonly Event[]): void {
    for (const { kind } of events) {
      if (kind === 'opened') this.#opened += 1;
      if (kind === 'closed') this.#closed += 1;
    }
  }

  get counted(): Counted {
    return { opened: this.#opened, closed: this.#closed, scanSeconds: this.#scanSeconds.value };
  }
}
