import type { Stamped } from '@portlight/server/views';
import { createContext } from 'svelte';
import { getSession, type Answer } from './api.ts';
import type { Zone } from './format/time.ts';
import { Live, type Change } from './live.svelte.ts';
import { Resource } from './resource.svelte.ts';
import { hrefWith } from './route.ts';
import { Router } from './router.svelte.ts';

/** What every page shares: where the reader is, what the server says live, whether it lets them in. */
export class App {
  readonly router = new Router();
  readonly live = new Live();
  isSignedOut = $state(false);
  /** Whether the reader may change anything; null until that is known. */
  mayChange = $state<boolean | null>(null);
  readonly zone: Zone = $derived(this.router.place.zone);

  /** Goes on after signing in: every page asks again, at the same address. */
  signedIn(): void {
    this.isSignedOut = false;
    this.mayChange = null;
    this.live.retryNow();
  }

  toggleZone(): void {
    this.router.replace(hrefWith(this.router.href, { tz: this.zone === 'utc' ? 'local' : null }));
  }

  /**
   * A resource of a component: asked for when the component begins and whenever `question` reads something new, and again
   * when a change concerns it. To be called while the component is set up.
   */
  resource<T extends Stamped>(
    question: () => (signal: AbortSignal) => Promise<Answer<T>>,
    isConcerned: (change: Change, view: T | null) => boolean,
  ): Resource<T> {
    const ask: (signal: AbortSignal) => Promise<Answer<T>> = (signal) => question()(signal);
    const resource = new Resource<T>(ask, (answer) => {
      this.take(answer);
    });
    $effect(() => {
      question();
      resource.restart();
      return () => {
        resource.stop();
      };
    });
    $effect(() =>
      this.live.subscribe((change) => {
        if (change.kind === 'all' || isConcerned(change, resource.view)) resource.refresh();
      }),
    );
    return resource;
  }

  /** Asks who the reader is, where something may be changed. To be called while a component is set up. */
  learnRole(): void {
    $effect(() => {
      if (this.mayChange !== null) return;
      const stop = new AbortController();
      void getSession(stop.signal).then((answer) => {
        this.take(answer);
        if (answer.kind === 'ok') this.mayChange = answer.view.role === 'admin';
      });
      return () => {
        stop.abort();
      };
    });
  }

  /** Whatever the answer is about, it has the server's time, or says that nobody is signed in. */
  take(answer: Answer<Stamped>): void {
    if (answer.kind === 'ok') this.live.readClock(answer.view.serverNow);
    else if (answer.failure.status === 401) this.isSignedOut = true;
  }
}

export const [getApp, setApp] = createContext<App>();
