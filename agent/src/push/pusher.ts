/** Keeps the aggregator up to date: what changed at once, else a sign of life at its pace. */
import type { Event, Instant, Push, PushAnswer } from '../contract.ts';
import type { HandedDown } from '../handed-down.ts';
import type { Log } from '../log.ts';
import type { Sight } from '../scan/machine.ts';
import type { Aggregator, Reply } from './aggregator.ts';
import { backoffMs } from './backoff.ts';
import type { HostTokens } from './enrolment.ts';
import { bytesOf, cutTo, fittingFull, type Fitting } from './fitting.ts';
import type { Outbox, UnsentEvent } from './outbox.ts';
import { alivePush, changePush, eventsPush, leavingPush, type Sender } from './push-bodies.ts';
import { PushCounter, type PushFigures } from './push-figures.ts';
import { remedyFor } from './retrying.ts';
import { ToldGauges } from './told-gauges.ts';

const PATH = '/api/v1/push';
/** Until the aggregator names one. */
export const DEFAULT_PACE_MS = 15_000;
const LEAVING_WITHIN_MS = 2000;
const MOST_BODY_BYTES = 16 * 1024 * 1024;
/** A proxy that takes less than this takes nothing useful. */
const LEAST_BODY_BYTES = 256 * 1024;
/** Pushes of events only, before a first full one; more than a spool holds. */
const MOST_EARLY = 64;
/** A disk that is full and not full by turns makes no more full pushes than this. */
const TROUBLE_EACH_MS = 60_000;

export interface PusherOptions {
  readonly aggregator: Aggregator;
  readonly tokens: HostTokens;
  readonly outbox: Outbox;
  /** Random per agent start; the aggregator presents it when it asks live. */
  readonly liveToken: string;
  /** Until when the start before this one looked; null: not known. */
  readonly lookedUntil: Instant | null;
  readonly log: Log;
  readonly now: () => Date;
  /** Milliseconds on a clock that nobody sets: what is due goes by it. */
  readonly clockMs: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** The first contact comes by chance within this time, so that machines started together do not come together. */
  readonly firstWithinMs: number;
  /** What the aggregator expects of this machine. */
  readonly handedDown: Pick<HandedDown, 'version' | 'take'>;
  /** Whether the snapshot's coverage says now that the state directory cannot be used. */
  readonly hasStateTrouble: () => boolean;
}

/** A push on its way. */
interface Attempt {
  readonly push: Push;
  /** What the aggregator knows when it has it. */
  readonly sight: Sight;
  readonly events: readonly UnsentEvent[];
  /** Events only: the full one is still to come. */
  readonly isEarly: boolean;
  readonly saysTrouble: boolean;
}

export class Pusher {
  readonly #options: PusherOptions;
  readonly #counter = new PushCounter();
  #sight: Sight | null = null;
  /** What the aggregator acknowledged last; null: it needs a full one. */
  #known: Sight | null = null;
  /** A change it may have: sent again as it is, its sequence says whether it was new. */
  #unanswered: Attempt | null = null;
  #early = 0;
  readonly #told = new ToldGauges();
  /** Connections that had been made when `#told` was told. */
  #toldOver = 0;
  #toldTrouble = false;
  #toldTroubleAt = -Infinity;
  #mostBodyBytes = MOST_BODY_BYTES;
  #mostListeners = Infinity;
  #sequence = 0;
  #paceMs = DEFAULT_PACE_MS;
  #nextAliveAt = 0;
  #failures = 0;
  #isHeard = false;
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

  /** Why the state directory does not take what has to survive, as a sentence; null when it does. */
  get stateTrouble(): string | null {
    return this.#options.outbox.trouble;
  }

  get figures(): PushFigures {
    const { aggregator, outbox } = this.#options;
    return {
      results: this.#counter.results,
      bytes: aggregator.bytesSent,
      lastSuccessAt: this.#counter.lastSuccessAt,
      queuedEvents: outbox.size,
      eventsDropped: outbox.dropped,
      spooled: outbox.spooled,
      isSpoolWritable: outbox.trouble === null,
    };
  }

  /** Called after each look. */
  see(sight: Sight, events: readonly Event[]): void {
    this.#sight = sight;
    this.#options.outbox.add(events, sight.snapshot.takenAt);
    this.#running ??= this.#run();
    if (this.#hasNews()) this.#wake();
  }

  /** Says goodbye if the aggregator listens, within two seconds; what it has not acknowledged is on the disk then. */
  async leave(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    const { aggregator, tokens, outbox } = this.#options;
    const timeout = new Promise((resolve) => setTimeout(resolve, LEAVING_WITHIN_MS).unref());
    const goodbye = async () => {
      await this.#running;
      if (this.#sight) await aggregator.post(PATH, leavingPush(this.#sight, this.#sender()), tokens.current);
    };
    await Promise.race([Promise.all([goodbye(), outbox.close()]), timeout]);
    await aggregator.close();
  }

  async #run(): Promise<void> {
    const { aggregator, tokens, outbox, clockMs, random, firstWithinMs } = this.#options;
    this.#notBefore = clockMs() + random() * firstWithinMs;
    await outbox.open();
    for (let sight = await this.#due(); sight !== null; sight = await this.#due()) {
      const attempt = this.#unanswered ?? (await this.#nextAttempt());
      if (attempt === null) continue;
      const body = { ...attempt.push, sentAt: this.#options.now().toISOString() };
      const reply = await aggregator.post(PATH, body, tokens.current);
      this.#counter.count(reply, this.#options.now());
      if (reply.kind === 'ok') await this.#accepted(attempt, reply.body as Partial<PushAnswer> | null);
      else await this.#failed(attempt, reply);
    }
  }

  #hasNews(): boolean {
    const isKnown = this.#known !== null && this.#known.digest === this.#sight?.digest;
    return !isKnown || this.#unanswered !== null || !this.#options.outbox.isEmpty;
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
    const { liveToken, handedDown, now, lookedUntil } = this.#options;
    const { version: expectationsVersion } = handedDown;
    return { liveToken, sequence: ++this.#sequence, sentAt: now(), expectationsVersion, lookedUntil };
  }

  async #nextAttempt(): Promise<Attempt | null> {
    const { events, hasMore } = await this.#options.outbox.next();
    const whole = this.#sight;
    if (whole === null) return null;
    const sight = cutTo(whole, this.#mostListeners);
    const saysTrouble = this.#options.hasStateTrouble();
    const attempt = { sight, events, isEarly: false, saysTrouble };
    const known = this.#isTroubleNews(saysTrouble) ? null : this.#known;
    if (known === null) {
      const isEarly = hasMore && ++this.#early < MOST_EARLY;
      if (isEarly) return { ...attempt, push: eventsPush(sight, events, this.#sender()), isEarly };
      return { ...attempt, ...this.#full(whole, events) };
    }
    if (!this.#hasNews()) {
      return { ...attempt, push: alivePush(sight, this.#told.moved(sight.snapshot), this.#sender()) };
    }
    const push = changePush(known, sight, events, this.#sender());
    return bytesOf(push) <= this.#mostBodyBytes ? { ...attempt, push } : { ...attempt, ...this.#full(whole, events) };
  }

  #full(whole: Sight, events: readonly UnsentEvent[]): Fitting {
    const fitting = fittingFull(whole, events, this.#sender(), this.#mostBodyBytes);
    const { length } = fitting.sight.snapshot.listeners;
    this.#mostListeners = length < whole.snapshot.listeners.length ? length : Infinity;
    return fitting;
  }

  /** What coverage says comes with a full push only. */
  #isTroubleNews(hasTrouble: boolean): boolean {
    return hasTrouble !== this.#toldTrouble && this.#options.clockMs() - this.#toldTroubleAt >= TROUBLE_EACH_MS;
  }

  async #accepted(attempt: Attempt, answer: Partial<PushAnswer> | null): Promise<void> {
    const { needFull = false, aliveEverySeconds: pace, expectations = null } = answer ?? {};
    await this.#options.outbox.acknowledge(attempt.events);
    if (expectations !== null) this.#options.handedDown.take(expectations);
    this.#unanswered = null;
    this.#known = needFull || attempt.isEarly ? null : attempt.sight;
    this.#toldBy(attempt);
    if (typeof pace === 'number' && pace >= 1 && pace <= 3600) this.#paceMs = pace * 1000;
    this.#beHeard();
  }

  /** Signs of life begin anywhere within the pace: whoever came, or came back, together does not stay together. */
  #beHeard(): void {
    const { clockMs, random, log, outbox } = this.#options;
    const isInStep = this.#isHeard && this.#failures === 0;
    this.#nextAliveAt = clockMs() + this.#paceMs * (isInStep ? 1 : random());
    this.#isHeard = true;
    if (this.#trouble !== null) log.info('the aggregator answers again');
    this.#trouble = null;
    this.#failures = 0;
    this.#notBefore = 0;
    outbox.isAway = false;
  }

  /** A new connection may be one to an aggregator that started anew, which keeps no gauges over that. */
  #toldBy({ push, saysTrouble }: Attempt): void {
    const { connections } = this.#options.aggregator;
    if (connections !== this.#toldOver) this.#told.forget();
    this.#toldOver = connections;
    this.#told.hear(push);
    if (push.kind !== 'full') return;
    this.#early = 0;
    if (saysTrouble !== this.#toldTrouble) this.#toldTroubleAt = this.#options.clockMs();
    this.#toldTrouble = saysTrouble;
  }

  async #failed(attempt: Attempt, reply: Exclude<Reply, { kind: 'ok' }>): Promise<void> {
    const remedy = remedyFor(reply);
    if (remedy === 'smaller') this.#mostBodyBytes = Math.max(LEAST_BODY_BYTES, bytesOf(attempt.push) / 2);
    if (remedy === 'smaller' || remedy === 'full') this.#known = null;
    this.#unanswered = remedy === 'again' && attempt.push.kind === 'change' ? attempt : null;
    this.#options.outbox.isAway = true;
    if (remedy === 'enrol' && (await this.#enrolled())) return;
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
