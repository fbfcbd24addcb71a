import type { Stamped } from '@portlight/server/views';
import type { Answer, Failure } from './api.ts';

/** Changes closer together than this are one reload. */
const COALESCE_MS = 200;

/** One answer of the API, kept while it is asked for again; a failure leaves the last good one in place. */
export class Resource<T extends Stamped> {
  view = $state.raw<T | null>(null);
  failure = $state.raw<Failure | null>(null);

  readonly #load: (signal: AbortSignal) => Promise<Answer<T>>;
  readonly #onAnswer: (answer: Answer<T>) => void;
  #request: AbortController | null = null;
  #askAgain = false;

  constructor(load: (signal: AbortSignal) => Promise<Answer<T>>, onAnswer: (answer: Answer<T>) => void) {
    this.#load = load;
    this.#onAnswer = onAnswer;
  }

  /** Asks again; while a request is under way, once after it. */
  refresh(): void {
    if (this.#request === null) void this.#ask();
    else this.#askAgain = true;
  }

  /** Asks at once, for another question: what is under way is dropped. */
  restart(): void {
    this.stop();
    void this.#ask();
  }

  stop(): void {
    this.#request?.abort();
    this.#request = null;
    this.#askAgain = false;
  }

  async #ask(): Promise<void> {
    const request = new AbortController();
    this.#request = request;
    const answer = await this.#load(request.signal);
    if (this.#request !== request) return;
    this.#take(answer);
    await new Promise((resolve) => setTimeout(resolve, COALESCE_MS));
    if (this.#request !== request) return;
    this.#request = null;
    if (this.#askAgain) this.restart();
  }

  #take(answer: Answer<T>): void {
    if (answer.kind === 'ok') this.view = answer.view;
    this.failure = answer.kind === 'failed' ? answer.failure : null;
    this.#onAnswer(answer);
  }
}
