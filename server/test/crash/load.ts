import { Agent, request } from 'node:http';
import { setTimeout as later } from 'node:timers/promises';
import type { Push, PushAnswer } from '@portlight/agent/contract';
import { CrashMachine, type Random } from './machine.ts';

const TICK_MS = 10;
/** More than this many unanswered pushes and the next ones wait: the server is away. */
const MOST_UNDER_WAY = 128;
/** A machine that got no answer waits up to this long, each another time, before it pushes again. */
const LONGEST_REST_MS = 500;
const LONGEST_ANSWER_MS = 20_000;

export interface LoadOptions {
  readonly machines: number;
  /** Pushes a second. */
  readonly rate: number;
  /** Of the pushes, how many tell a change with events. */
  readonly changeShare: number;
  /** Numbers in [0, 1) that repeat with the same seed. */
  readonly random: Random;
}

/** Machines that push at a rate, whatever becomes of the server, and send again what was not acknowledged. */
export class Load {
  readonly machines: readonly CrashMachine[];
  /** How often pushes were answered or not, by what came back. */
  readonly outcomes = new Map<string, number>();
  /** Answers that no fault of the server explains, such as 422. */
  readonly refusals: string[] = [];
  private readonly kept = new Agent({ keepAlive: true, maxSockets: MOST_UNDER_WAY, timeout: LONGEST_ANSWER_MS });
  /** Wait for an answer, or rest after none. */
  private readonly busy = new Set<CrashMachine>();
  private underWay = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly begun = performance.now();
  private turns = 0;
  private at = 0;
  private changeShare: number;

  private readonly url: string;
  private readonly options: LoadOptions;

  constructor(url: string, options: LoadOptions) {
    this.url = url;
    this.options = options;
    this.changeShare = options.changeShare;
    this.machines = Array.from({ length: options.machines }, (_, at) => {
      return new CrashMachine(`machine-${String(at).padStart(6, '0')}`, options.random);
    });
    this.timer = setInterval(() => {
      this.turn();
    }, TICK_MS);
  }

  get acknowledgedEvents(): number {
    return this.machines.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  }

  count(outcome: string): number {
    return this.outcomes.get(outcome) ?? 0;
  }

  /** Nothing new happens any more; resolves once everything told is acknowledged. */
  async settle(longestMs: number): Promise<void> {
    this.changeShare = 0;
    const until = performance.now() + longestMs;
    while (this.busy.size > 0 || !this.machines.every(({ isSettled }) => isSettled)) {
      if (performance.now() > until) throw new Error(`not everything was acknowledged: ${this.unsettled()}`);
      await later(TICK_MS);
    }
  }

  stop(): void {
    clearInterval(this.timer);
    this.kept.destroy();
  }

  private unsettled(): string {
    const waiting = this.machines.filter(({ isSettled }) => !isSettled).length;
    return `${waiting} machines wait; ${JSON.stringify([...this.outcomes])} ${this.refusals.slice(0, 3).join(' ')}`;
  }

  private turn(): void {
    const due = ((performance.now() - this.begun) / 1_000) * this.options.rate;
    while (this.turns < due) {
      this.turns += 1;
      // Pushes that could not be sent in time are not sent later in a heap.
      if (this.underWay < MOST_UNDER_WAY) void this.next();
    }
  }

  private async next(): Promise<void> {
    this.at = (this.at + 1) % this.machines.length;
    const machine = this.machines[this.at];
    if (machine === undefined || this.busy.has(machine)) return;
    this.busy.add(machine);
    const push = machine.nextPush(this.changeShare);
    this.underWay += 1;
    const outcome = await this.send(push);
    this.underWay -= 1;
    const isAcknowledged = typeof outcome === 'object';
    if (isAcknowledged) machine.answered(push, outcome);
    this.note(isAcknowledged ? 'acknowledged' : outcome);
    if (!isAcknowledged) await later(this.options.random() * LONGEST_REST_MS);
    this.busy.delete(machine);
  }

  private note(outcome: string): void {
    this.outcomes.set(outcome, this.count(outcome) + 1);
  }

  /** The answer when it was accepted; otherwise what came instead. */
  private send(push: Push): Promise<PushAnswer | string> {
    return new Promise((resolve) => {
      const headers = { 'Content-Type': 'application/json' };
      const sent = request(`${this.url}/api/v1/push`, { method: 'POST', agent: this.kept, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', () => {
          resolve('cut');
        });
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode === 202) resolve(JSON.parse(text) as PushAnswer);
          else resolve(this.refused(response.statusCode ?? 0, response.headers['retry-after'], text));
        });
      });
      sent.once('timeout', () => sent.destroy(new Error('timeout')));
      sent.once('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? error.message);
      });
      sent.end(JSON.stringify(push));
    });
  }

  private refused(status: number, retryAfter: string | undefined, text: string): string {
    const isTemporary = status === 503 || status === 429 || status === 502;
    if (!isTemporary) this.refusals.push(`${status} ${text.slice(0, 300)}`);
    if (isTemporary && status !== 502 && retryAfter === undefined) this.refusals.push(`${status} without Retry-After`);
    return String(status);
  }
}
