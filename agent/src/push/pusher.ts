/** Keeps the aggregator up to date: what changed at once, else a sign of life at its pace. */
import type { Event, Push, PushAnswer } from '../contract.ts';
import type { HandedDown } from '../handed-down.ts';
import type { Log } from '../log.ts';
import type { Sight } from '../scan/machine.ts';
import type { Aggregator, Reply } from './aggregator.ts';
import { backoffMs } from './backoff.ts';
import type { HostTokens } from './enrolment.ts';
import { Outbox } from './outbox.ts';
import { alivePush, changePush, fullPush, leavingPush, type Sender } from './push-bodies.ts';
import { PushCounter, type PushFigures } from './push-figures.ts';
import { ToldGauges } from './told-gauges.ts';

const DEFAULT_PACE_MS = 15_000;
const MOST_EVENTS = 2000;
const LEAVING_WITHIN_MS = 2000;

export interface PusherOptions {
  readonly aggregator: Aggregator;
  readonly tokens: HostTokens;
  /** Random per agent start; the aggregator presents it when it asks live. */
  readonly liveToken: string;
  readonly log: Log;
  readonly now: () => Date;
  /** Milliseconds on a clock that nobody sets: what is due goes by it. */
  readonly clockMs: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** What the aggregator expects of this machine. */
  readonly handedDown: Pick<HandedDown, 'version' | 'take'>;
}

export class Pusher {
  readonly #options: PusherOptions;
  readonly #outbox = new Outbox();
  readonly #counter = new PushCounter();
  #sight: Sight | null = null;
  /** What the aggregator acknowledged last; null: it needs a full one. */
  #known: Sight | null = null;
  readonly #told = new ToldGauges();
  /** Connections that had been made when `#told` was told. */
  #toldOver = 0;
  #sequence = 0;
  #paceMs = DEFAULT_PACE_MS;
  #nextAliveAt = 0;
  #failures = 0;
  #notBefore = 0;
  #trouble: string | null = null;
  #isStopped = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> | null = null;

  constructor(options: PusherOptions) {
    this.#options = options;
  }

  /** Why pushes do not get through now, as a sentence; null when they do. */
  get trouble(): string | null {
    return this.#trouble;
  }

  get figures(): PushFigures {
    return {
      results: this.#counter.results,
      bytes: this.#options.aggregator.bytesSent,
      lastSuccessAt: this.#counter.lastSuccessAt,
      queuedEvents: this.#outbox.size,
      eventsDropped: this.#outbox.dropped,
    };
  }

  /** Called after each look. */
  see(sight: Sight, events: readonly Event[]): void {
    this.#sight = sight;
    this.#outbox.add(events);
    this.#running ??= this.#run();
    if (this.#hasNews()) this.#wake();
  }

  /** Says goodbye if the aggregator listens, within two seconds. */
  async leave(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    const { aggregator, tokens } = this.#options;
    const timeout = new Promise((resolve) => setTimeout(resolve, LEAVING_WITHIN_MS).unref());
    const goodbye = async () => {
      await this.#running;
      if (this.#sight) await aggregator.post('/api/v1/push', leavingPush(this.#sight, this.#sender()), tokens.current);
    };
    await Promise.race([goodbye(), timeout]);
    await aggregator.close();
  }

  async #run(): Promise<void> {
    const { aggregator, tokens } = this.#options;
    for (let sight = await this.#due(); sight !== null; sight = await this.#due()) {
      const body = this.#nextBody(sight);
      const reply = await aggregator.post('/api/v1/push', body, tokens.current);
      this.#counter.count(reply, this.#options.now());
      if (reply.kind === 'ok') this.#accepted(body, sight, reply.body as Partial<PushAnswer> | null);
      else await this.#failed(reply);
    }
  }

  #hasNews(): boolean {
    return this.#known === null || this.#known.digest !== this.#sight?.digest || !this.#outbox.isEmpty;
  }

  /** The sight to push, as soon as something is due; null when stopped. */
  async #due(): Promise<Sight | null> {
    for (;;) {
      const now = this.#options.clockMs();
      const dueAt = Math.max(this.#notBefore, this.#hasNews() ? 0 : this.#nextAliveAt);
      if (this.#isStopped) return null;
      if (dueAt <= now) return this.#sight;
      await this.#sleep(dueAt - now);
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #sender(): Sender {
    const { liveToken, handedDown, now } = this.#options;
    return { liveToken, sequence: ++this.#sequence, sentAt: now(), expectationsVersion: handedDown.version };
  }

  #nextBody(sight: Sight): Push {
    const events = this.#outbox.first(MOST_EVENTS);
    if (this.#known === null) return fullPush(sight, events, this.#sender());
    if (this.#hasNews()) return changePush(this.#known, sight, events, this.#sender());
    return alivePush(sight, this.#told.moved(sight.snapshot), this.#sender());
  }

  #accepted(body: Push, sight: Sight, answer: Partial<PushAnswer> | null): void {
    const sent = 'events' in body ? body.events.at(-1) : undefined;
    if (sent) this.#outbox.acknowledge(sent.id);
    const { needFull = false, aliveEverySeconds: pace, expectations = null } = answer ?? {};
    if (expectations !== null) this.#options.handedDown.take(expectations);
    this.#known = needFull ? null : sight;
    this.#toldBy(body);
    if (typeof pace === 'number' && pace >= 1 && pace <= 3600) this.#paceMs = pace * 1000;
    this.#nextAliveAt = this.#options.clockMs() + this.#paceMs;
    if (this.#trouble !== null) this.#options.log.info('the aggregator answers again');
    this.#trouble = null;
    this.#failures = 0;
    this.#notBefore = 0;
  }

  /** A new connection may be one to an aggregator that started anew, which keeps no gauges over that. */
  #toldBy(body: Push): void {
    const { connections } = this.#options.aggregator;
    if (connections !== this.#toldOver) this.#told.forget();
    this.#toldOver = connections;
    this.#told.hear(body);
  }

  async #failed(reply: Exclude<Reply, { kind: 'ok' }>): Promise<void> {
    if (reply.kind === 'refused' && reply.status === 401 && (await this.#enrolled())) return;
    // Whether it was applied is not known, or it was not understood: only a full one is right for sure.
    if (reply.kind === 'refused') this.#known = null;
    this.#retryLater(reply);
  }

  async #enrolled(): Promise<boolean> {
    const { tokens, aggregator } = this.#options;
    if (!this.#sight || !tokens.mayEnrol || this.#isStopped) return false;
    const reply = await tokens.enrol(aggregator, this.#sight.snapshot.host);
    if (reply.kind !== 'ok') this.#retryLater(reply);
    return true;
  }

  #retryLater(reply: Exclude<Reply, { kind: 'ok' }>): void {
    const { log, clockMs, random } = this.#options;
    this.#failures += 1;
    const retryAfterMs = reply.kind === 'refused' ? reply.retryAfterMs : null;
    const waitMs = Math.round(backoffMs(this.#failures, retryAfterMs, random()));
    this.#notBefore = clockMs() + waitMs;
    const what =
      reply.kind === 'refused' ? `the aggregator refuses (${reply.status})` : 'the aggregator does not answer';
    const sentence = `${what}: ${reply.reason}`;
    if (this.#trouble !== sentence) log.warn(sentence, { waitMs });
    this.#trouble = sentence;
  }
}
