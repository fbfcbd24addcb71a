/** When each host sends, and over which connection. */
import { Connection, type Answer, type Ends, type Place } from './connection.ts';
import { share } from './numbers.ts';
import { Ring } from './ring.ts';
import type { Sender, Verdict } from './sender.ts';
import { Wheel } from './wheel.ts';

export interface TrafficOptions {
  readonly hosts: number;
  /** Milliseconds between two pushes of a host; 0: each connection sends again as soon as it is answered. */
  readonly paceMs: number;
  /** One for each connection there may be. */
  readonly places: readonly Place[];
  /** Host number n always uses connection number n. */
  readonly isOneEach: boolean;
  /** Whether the aggregator may ask for a slower pace. */
  readonly isStretchable: boolean;
}

const ANSWER_WITHIN_MS = 15_000;
const LAST_ANSWERS_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 1_000;

interface Wish {
  readonly isFulfilled: () => boolean;
  readonly resolve: () => void;
}

export class Traffic implements Ends {
  /** At most so many wait for an answer at once. */
  limit = Infinity;
  /** Hosts that have nothing to tell go on with signs of life. */
  isOngoing = false;
  readonly #options: TrafficOptions;
  readonly #sender: Sender;
  readonly #wheel: Wheel;
  readonly #ready: Ring;
  readonly #readyAt: Float64Array;
  readonly #connections: readonly Connection[];
  readonly #numbers: ReadonlyMap<Connection, number>;
  readonly #free: Ring;
  /** 1: waits for an answer. */
  readonly #busyHosts: Uint8Array;
  #busy = 0;
  #isStopped = false;
  #lookedAt = performance.now();
  #wish: Wish | null = null;

  constructor(options: TrafficOptions, sender: Sender) {
    this.#options = options;
    this.#sender = sender;
    this.#wheel = new Wheel(options.hosts, performance.now());
    this.#ready = new Ring(options.hosts);
    this.#readyAt = new Float64Array(options.hosts);
    this.#busyHosts = new Uint8Array(options.hosts);
    this.#connections = options.places.map((place) => new Connection(place, this));
    this.#numbers = new Map(this.#connections.map((connection, number) => [connection, number]));
    this.#free = new Ring(this.#connections.length);
    for (const number of this.#connections.keys()) this.#free.add(number);
  }

  begin(): void {
    this.#tick();
  }

  /** Everyone is due now. */
  callAll(): void {
    this.#wheel.clear();
    this.#ready.clear();
    const now = performance.now();
    for (let host = 0; host < this.#options.hosts; host += 1) if (!this.#isBusy(host)) this.#queue(host, now);
  }

  /** Everyone is due once, some time within the pace. */
  spreadAll(seed: number): void {
    this.#wheel.clear();
    this.#ready.clear();
    const now = performance.now();
    const { hosts, paceMs } = this.#options;
    for (let host = 0; host < hosts; host += 1) {
      if (!this.#isBusy(host)) this.#wheel.add(host, now + share(seed, host) * paceMs);
    }
  }

  /** Resolves when it holds; it is asked again and again. One at a time. */
  until(isFulfilled: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#wish = { isFulfilled, resolve };
    });
  }

  /** Resolves when no answer is waited for; until {@link limit} is raised, nothing is sent. */
  async pause(): Promise<void> {
    this.limit = 0;
    await this.until(() => this.#busy === 0);
  }

  /** Nothing new is sent; answers under way are waited for a little. */
  async stop(): Promise<void> {
    this.#wheel.clear();
    this.#ready.clear();
    this.isOngoing = false;
    this.limit = 0;
    const latest = performance.now() + LAST_ANSWERS_WITHIN_MS;
    await this.until(() => this.#busy === 0 || performance.now() > latest);
    this.#isStopped = true;
    for (const connection of this.#connections) connection.close();
  }

  answered(connection: Connection, answer: Answer): void {
    const { host, busySince } = connection;
    const isAtOnce = this.#options.paceMs === 0;
    const since = isAtOnce ? busySince : (this.#readyAt[host] ?? busySince);
    this.#release(connection);
    this.#plan(host, this.#sender.accepted(host, answer, performance.now() - since));
  }

  failed(connection: Connection, reason: string): void {
    const { host } = connection;
    this.#release(connection);
    this.#plan(host, this.#sender.failed(host, reason));
  }

  readonly #tick = (): void => {
    if (this.#isStopped) return;
    const now = performance.now();
    this.#wheel.advance(now, (host) => {
      this.#sender.tally.behind.add(now - this.#wheel.dueOf(host));
      this.#queue(host, now);
    });
    this.#sendReady();
    this.#lookAfterSilent(now);
    if (this.#wish?.isFulfilled() === true) {
      const { resolve } = this.#wish;
      this.#wish = null;
      resolve();
    }
    setTimeout(this.#tick, 1);
  };

  #queue(host: number, now: number): void {
    this.#readyAt[host] = now;
    this.#ready.add(host);
  }

  #sendReady(): void {
    while (this.#ready.size > 0 && this.#busy < this.limit) {
      if (!this.#options.isOneEach && this.#free.size === 0) return;
      const host = this.#ready.take();
      const connection = host === null ? null : this.#connectionOf(host);
      if (host === null || !connection) return;
      this.#busy += 1;
      this.#busyHosts[host] = 1;
      connection.send(host, this.#sender.next(host, connection.place.target.host));
    }
  }

  #isBusy(host: number): boolean {
    return this.#busyHosts[host] === 1;
  }

  #connectionOf(host: number): Connection | null {
    const number = this.#options.isOneEach ? host : this.#free.take();
    return this.#connections[number ?? -1] ?? null;
  }

  #release(connection: Connection): void {
    this.#busyHosts[connection.host] = 0;
    connection.host = -1;
    this.#busy -= 1;
    const number = this.#numbers.get(connection);
    if (number !== undefined && !this.#options.isOneEach) this.#free.add(number);
  }

  #plan(host: number, verdict: Verdict): void {
    const now = performance.now();
    if (verdict.kind === 'at-once') this.#queue(host, now);
    else if (verdict.kind === 'after') this.#wheel.add(host, now + verdict.ms);
    else if (this.isOngoing) this.#planNext(host, verdict.stretch, now);
    this.#sendReady();
  }

  #planNext(host: number, stretch: number, now: number): void {
    const { paceMs, isStretchable } = this.#options;
    const pace = isStretchable ? paceMs * stretch : paceMs;
    if (pace === 0) this.#queue(host, now);
    else this.#wheel.add(host, Math.max(now, (this.#readyAt[host] ?? now) + pace));
  }

  #lookAfterSilent(now: number): void {
    if (now - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = now;
    for (const connection of this.#connections) {
      if (connection.host >= 0 && now - connection.busySince > ANSWER_WITHIN_MS) connection.cut('no answer in 15 s');
    }
  }
}
