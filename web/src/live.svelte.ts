import type { StreamEvents, SummaryView } from '@portlight/server/views';
import { followStream, type Failure } from './api.ts';
import type { StreamEvent } from './event-stream.ts';
import { toMs } from './format/time.ts';
import { retryDelayMs } from './retry.ts';
import { ServerClock } from './server-clock.ts';

/** Heartbeats come each 5 s: two missed ones and some grace. */
const STALE_AFTER_MS = 12_000;
const HIDDEN_CLOSE_MS = 60_000;
/** How often what only moves with time (last report, silence) is asked for again. */
const PULSE_MS = 10_000;

/** `connecting` no heartbeat yet, or a short interruption · `live` · `stopped` nothing heard for too long · `signed-out` */
export type LiveStatus = 'connecting' | 'live' | 'stopped' | 'signed-out';

/** What may be different now: some machines, the findings, or everything. */
export type Change =
  | { readonly kind: 'hosts'; readonly ids: readonly string[] }
  | { readonly kind: 'findings' }
  | { readonly kind: 'all' };

/** The live stream and the server's time. Tells subscribers what to ask for again; pages hold no connection of their own. */
export class Live {
  status = $state<LiveStatus>('connecting');
  /** The server's clock; null before the first answer. */
  clockMs = $state<number | null>(null);
  /** Server time of the last sign of life. */
  heardMs = $state<number | null>(null);
  nextTryMs = $state<number | null>(null);
  summary = $state.raw<SummaryView | null>(null);
  /** The moment pages speak of: now, or when live updates stopped. */
  readonly nowMs = $derived(this.status === 'stopped' ? this.heardMs : this.clockMs);

  readonly #clock = new ServerClock(() => performance.now());
  #subscribers: readonly ((change: Change) => void)[] = [];
  #connection: AbortController | null = null;
  #heardAt = performance.now();
  /** Silent for long although connected, a way is broken: it is given up for a new one. */
  #triedAt = performance.now();
  #pulsedAt = performance.now();
  #hiddenAt: number | null = null;
  #lastEventId: string | null = null;
  #failures = 0;
  /** As a server asks that cannot keep a stream open; null: none did. */
  #comeBackMs: number | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** Connects and keeps connected; returns how to stop. */
  start(): () => void {
    const stop = new AbortController();
    const timer = setInterval(() => {
      this.#tick();
    }, 1000);
    document.addEventListener(
      'visibilitychange',
      () => {
        this.#visibilityChanged();
      },
      { signal: stop.signal },
    );
    addEventListener(
      'online',
      () => {
        this.retryNow();
      },
      { signal: stop.signal },
    );
    this.retryNow();
    return () => {
      stop.abort();
      clearInterval(timer);
      clearTimeout(this.#retry);
      this.#connection?.abort();
    };
  }

  subscribe(subscriber: (change: Change) => void): () => void {
    this.#subscribers = [...this.#subscribers, subscriber];
    return () => {
      this.#subscribers = this.#subscribers.filter((each) => each !== subscriber);
    };
  }

  /** Takes the server's time from any answer. */
  readClock(serverNow: string): void {
    this.#clock.read(toMs(serverNow));
    this.clockMs = this.#clock.now();
  }

  retryNow(): void {
    clearTimeout(this.#retry);
    void this.#connect();
  }

  async #connect(): Promise<void> {
    this.#connection?.abort();
    const connection = new AbortController();
    this.#connection = connection;
    this.#triedAt = performance.now();
    this.nextTryMs = null;
    const failure = await followStream(
      this.#lastEventId,
      (event) => {
        this.#take(event);
      },
      connection.signal,
    );
    if (this.#connection === connection) this.#ended(failure);
  }

  #ended(failure: Failure): void {
    this.#connection = null;
    if (failure.code === 'stream-ended' && this.#comeBackMs !== null) {
      this.#comeBack(this.#comeBackMs);
      return;
    }
    this.#failures += 1;
    if (failure.status === 401) {
      this.#signedOut();
      return;
    }
    if (this.status !== 'stopped') this.status = 'connecting';
    if (this.#hiddenAt !== null) return;
    const delay = retryDelayMs(this.#failures, Math.random);
    this.nextTryMs = (this.#clock.now() ?? 0) + delay;
    this.#retry = setTimeout(() => {
      this.retryNow();
    }, delay);
  }

  /** All is told for now. */
  #comeBack(afterMs: number): void {
    if (this.#hiddenAt !== null) return;
    this.#retry = setTimeout(() => {
      this.retryNow();
    }, afterMs);
  }

  /** No use in trying on: pages that ask again learn it too and offer to sign in. */
  #signedOut(): void {
    this.status = 'signed-out';
    this.#announce({ kind: 'all' });
  }

  #take(event: StreamEvent): void {
    const stamped = JSON.parse(event.data) as StreamEvents[keyof StreamEvents];
    this.#lastEventId = event.id ?? this.#lastEventId;
    this.#comeBackMs = event.retryMs;
    this.readClock(stamped.serverNow);
    const wasLive = this.status === 'live';
    this.#heardAt = performance.now();
    this.heardMs = this.#clock.now();
    this.status = 'live';
    this.#failures = 0;
    // After an interruption everything is asked for once; the server resumes by id, but its memory has an end.
    if (!wasLive) this.#announce({ kind: 'all' });
    this.#dispatch(event);
  }

  #dispatch(event: StreamEvent): void {
    if (event.event === 'summary') this.summary = JSON.parse(event.data) as StreamEvents['summary'];
    if (event.event === 'resync') this.#announce({ kind: 'all' });
    if (event.event === 'findings') this.#announce({ kind: 'findings' });
    if (event.event !== 'hosts') return;
    const { hosts } = JSON.parse(event.data) as StreamEvents['hosts'];
    this.#announce({ kind: 'hosts', ids: hosts.map((host) => host.id) });
  }

  #announce(change: Change): void {
    for (const subscriber of this.#subscribers) subscriber(change);
  }

  #tick(): void {
    const now = performance.now();
    if (this.#hiddenAt !== null) {
      if (now - this.#hiddenAt > HIDDEN_CLOSE_MS) this.#connection?.abort();
      return;
    }
    this.clockMs = this.#clock.now();
    if (this.#isExpected() && now - this.#heardAt > STALE_AFTER_MS) this.status = 'stopped';
    if (now - Math.max(this.#heardAt, this.#triedAt) > STALE_AFTER_MS) this.#connection?.abort();
    if (this.status === 'live' && now - this.#pulsedAt > PULSE_MS) this.#pulse(now);
  }

  /** A sign of life is missed only where one could come. */
  #isExpected(): boolean {
    return this.status === 'live' || this.status === 'connecting';
  }

  #pulse(now: number): void {
    this.#pulsedAt = now;
    this.#announce({ kind: 'all' });
  }

  #visibilityChanged(): void {
    this.#hiddenAt = document.hidden ? performance.now() : null;
    if (document.hidden || this.#connection !== null) return;
    this.#heardAt = performance.now();
    this.retryNow();
  }
}
