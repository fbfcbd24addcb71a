import type { ExpectationsDocument, ExpectationsPreview, ExpectationsView } from '@portlight/server/views';
import { getExpectations, previewExpectations, putExpectations, type Answer, type Failure } from '../api.ts';
import type { App } from '../app.svelte.ts';
import { documentOf, rebased } from './document-changes.ts';

/** Changes that are not stored yet. What is proposed is looked at by the server first, and only what it has looked at is saved. */
export class ExpectationsDraft {
  /** What the changes were made to; null: there are none. */
  base = $state.raw<ExpectationsView | null>(null);
  document = $state.raw<ExpectationsDocument | null>(null);
  preview = $state.raw<ExpectationsPreview | null>(null);
  /** Why it could not be saved; of status 412 when others saved meanwhile. */
  failure = $state.raw<Failure | null>(null);
  isBusy = $state(false);

  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Null when it could be looked at: it is the draft now. */
  async propose(document: ExpectationsDocument, base: ExpectationsView): Promise<Failure | null> {
    const answer = await this.#ask(() => previewExpectations(documentOf(document)));
    if (answer.kind === 'failed') return answer.failure;
    this.base ??= base;
    this.document = document;
    this.preview = answer.view;
    this.failure = null;
    return null;
  }

  /** Whether it is stored. */
  async save(): Promise<boolean> {
    const [document, base] = [this.document, this.base];
    if (document === null || base === null) return false;
    const answer = await this.#ask(() => putExpectations(documentOf(document), base.revision));
    if (answer.kind === 'ok') this.discard();
    else this.failure = answer.failure;
    return answer.kind === 'ok';
  }

  /** The same changes, made to what others have stored meanwhile. */
  async rebase(): Promise<void> {
    const [document, base] = [this.document, this.base];
    if (document === null || base === null) return;
    const answer = await this.#ask(() => getExpectations(null, AbortSignal.timeout(20_000)));
    if (answer.kind === 'failed') {
      this.failure = answer.failure;
      return;
    }
    this.base = answer.view;
    this.failure = await this.propose(rebased(base, document, answer.view), answer.view);
  }

  discard(): void {
    this.base = null;
    this.document = null;
    this.preview = null;
    this.failure = null;
  }

  async #ask<T extends ExpectationsPreview | ExpectationsView>(ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
    this.isBusy = true;
    const answer = await ask();
    this.isBusy = false;
    this.#app.take(answer);
    return answer;
  }
}
