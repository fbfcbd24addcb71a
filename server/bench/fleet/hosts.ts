/** What each host of the fleet remembers from push to push: a few numbers in columns, so that 200,000 of them take 10 MB. */
import { bootIdOf, firstStepAt, hostIdOf, type FleetPlan } from './machine.ts';
import { mix } from './numbers.ts';

/** Set: the next push is a full one. */
const NEEDS_FULL = 1;
/** Set: a change is not acknowledged yet. */
const HAS_NEWS = 2;

export class Hosts {
  readonly count: number;
  /** Hosts whose next push is a full one. */
  fullsNeeded: number;
  readonly sequence: Uint32Array;
  /** Changes that the aggregator acknowledged. */
  readonly step: Uint32Array;
  readonly lastEventId: Uint32Array;
  /** Events of the push under way. */
  readonly sentEvents: Uint8Array;
  readonly failures: Uint8Array;
  /** When its agent started; milliseconds since 1970. */
  readonly startedAt: Float64Array;
  readonly #flags: Uint8Array;
  readonly #version: Uint16Array;
  readonly #tokens: (string | undefined)[] = [];
  /** When the change that waits was seen, as the contract writes it. */
  readonly #newsAt = new Map<number, string>();
  /** Most hosts were handed one of few. */
  readonly #versions: string[] = [];
  readonly #versionNumbers = new Map<string, number>();
  readonly #plan: FleetPlan;

  constructor(plan: FleetPlan, count: number) {
    this.count = count;
    this.fullsNeeded = count;
    this.#plan = plan;
    this.sequence = new Uint32Array(count);
    this.step = Uint32Array.from({ length: count }, (_, host) => firstStepAt(plan, host));
    this.lastEventId = new Uint32Array(count);
    this.sentEvents = new Uint8Array(count);
    this.failures = new Uint8Array(count);
    this.startedAt = Float64Array.from(
      { length: count },
      (_, host) => plan.begunAt - (mix(plan.seed, host) % 3_600_000),
    );
    this.#flags = new Uint8Array(count).fill(NEEDS_FULL);
    this.#version = new Uint16Array(count);
  }

  idOf(host: number): string {
    return hostIdOf(this.#plan.seed, host);
  }

  bootIdOf(host: number): string {
    return bootIdOf(this.#plan.seed, host);
  }

  needsFull(host: number): boolean {
    return this.#has(host, NEEDS_FULL);
  }

  askFull(host: number, isNeeded: boolean): void {
    this.fullsNeeded += Number(isNeeded) - Number(this.needsFull(host));
    this.#set(host, NEEDS_FULL, isNeeded);
  }

  hasNews(host: number): boolean {
    return this.#has(host, HAS_NEWS);
  }

  /** Null: there are none. */
  newsAt(host: number): string | null {
    return this.#newsAt.get(host) ?? null;
  }

  happen(host: number, at: string): void {
    this.#set(host, HAS_NEWS, true);
    this.#newsAt.set(host, at);
  }

  /** What was told with the last push is acknowledged. */
  acknowledge(host: number): void {
    if (!this.hasNews(host)) return;
    this.#set(host, HAS_NEWS, false);
    this.#newsAt.delete(host);
    this.step[host] = this.stepOf(host) + 1;
    this.lastEventId[host] = (this.lastEventId[host] ?? 0) + (this.sentEvents[host] ?? 0);
  }

  stepOf(host: number): number {
    return this.step[host] ?? 0;
  }

  nextSequence(host: number): number {
    const sequence = (this.sequence[host] ?? 0) + 1;
    this.sequence[host] = sequence;
    return sequence;
  }

  /** A new agent start: it knows nothing of the one before. */
  restart(host: number, at: number): void {
    this.startedAt[host] = at;
    this.sequence[host] = 0;
    this.lastEventId[host] = 0;
    this.askFull(host, true);
  }

  tokenOf(host: number): string | null {
    return this.#tokens[host] ?? null;
  }

  keepToken(host: number, token: string | null): void {
    this.#tokens[host] = token ?? undefined;
  }

  versionOf(host: number): string | null {
    return this.#versions[(this.#version[host] ?? 0) - 1] ?? null;
  }

  keepVersion(host: number, version: string): void {
    const number = this.#versionNumbers.get(version) ?? this.#versions.push(version);
    this.#versionNumbers.set(version, number);
    this.#version[host] = number;
  }

  #has(host: number, flag: number): boolean {
    return ((this.#flags[host] ?? 0) & flag) !== 0;
  }

  #set(host: number, flag: number, isSet: boolean): void {
    const flags = this.#flags[host] ?? 0;
    this.#flags[host] = isSet ? flags | flag : flags & ~flag;
  }
}
