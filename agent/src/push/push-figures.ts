import { type Instant } from '../contract.ts';
import { type Reply } from './aggregator.ts';

/** What became of a push. */
export type PushResult = 'accepted' | 'refused' | 'unreachable';

/** Pushing since the agent's start, in numbers. */
export interface PushFigures {
  readonly results: Readonly<Record<PushResult, number>>;
  /** Of all bodies that were answered, enrolments too, as they went over the wire. */
  readonly bytes: number;
  readonly lastSuccessAt: Instant | null;
  /** Not yet acknowledged. */
  readonly queuedEvents: number;
  readonly eventsDropped: number;
  /** Of the queued ones, those in the state directory, and the bytes they take there. */
  readonly spooled: { readonly events: number; readonly bytes: number };
  /** The state directory takes what should be kept. */
  readonly isSpoolWritable: boolean;
}

/** Counts how pushes end. */
export class PushCounter {
  #results: PushFigures['results'] = { accepted: 0, refused: 0, unreachable: 0 };
  #lastSuccessAt: Instant | null = null;

  get results(): PushFigures['results'] {
    return this.#results;
  }

  get lastSuccessAt(): Instant | null {
    return this.#lastSuccessAt;
  }

  count(reply: Reply, at: Date): void {
    const result: PushResult = reply.kind === 'ok' ? 'accepted' : reply.kind;
    this.#results = { ...this.#results, [result]: this.#results[result] + 1 };
    if (reply.kind === 'ok') this.#lastSuccessAt = at.toISOString();
  }
}
