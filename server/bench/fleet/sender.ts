/** What a host sends next, and what it makes of the answer: the agent's part of the protocol. */
import { constants, zstdCompressSync } from 'node:zlib';
import type { Enrolment, EnrolmentAnswer, ErrorAnswer, PushAnswer } from '@portlight/agent/contract';
import { changeText, digestOf, fullText, gaugesAt, type Happened, type Told } from './bodies.ts';
import type { Answer } from './connection.ts';
import type { Hosts } from './hosts.ts';
import { instant, machineAt, type FleetPlan } from './machine.ts';
import { mix, share } from './numbers.ts';
import type { Kind, Tally } from './tally.ts';

export interface Shares {
  readonly full: number;
  readonly change: number;
  /** Of the signs of life. */
  readonly gauges: number;
}

export interface SenderOptions {
  readonly plan: FleetPlan;
  readonly hosts: Hosts;
  /** Null: none are needed. */
  readonly enrollToken: string | null;
  readonly shares: Shares;
  readonly isCompressed: boolean;
  /** Called with each event that was acknowledged. */
  readonly onEvent: (hostId: string, agentStartedAt: string, id: number) => void;
  /** Called with what is new about what goes wrong. */
  readonly onTrouble: (sentence: string) => void;
}

/** What the answer means for when to send next. */
export type Verdict =
  | { readonly kind: 'at-once' }
  | { readonly kind: 'at-pace'; readonly stretch: number }
  | { readonly kind: 'after'; readonly ms: number };

/** Smaller bodies gain nothing. */
const COMPRESS_FROM = 1_024;
/** As small as at the agents' level, for two thirds of the time. */
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const USUAL_PACE_S = 15;
const BACKOFF = { firstMs: 1_000, longestMs: 60_000 };

export class Sender {
  /** Only what has to be told is told: no changes of its own accord. */
  isQuiet = true;
  tally: Tally;
  readonly #options: SenderOptions;
  readonly #kinds: Uint8Array;
  readonly #troubles = new Set<string>();

  constructor(options: SenderOptions, tally: Tally) {
    this.#options = options;
    this.tally = tally;
    this.#kinds = new Uint8Array(options.hosts.count);
  }

  /** The request, as it goes over the wire to that host name. */
  next(host: number, authority: string): string | Buffer {
    const kind = this.#nextKind(host);
    this.#kinds[host] = KIND_NUMBERS[kind];
    if (kind === 'alive') return this.#alive(host, authority);
    const { hosts, plan, enrollToken, isCompressed } = this.#options;
    if (kind === 'enroll') {
      const { id, name } = machineAt(plan, host);
      const body: Enrolment = { host: { id, name } };
      return request('/api/v1/enroll', authority, enrollToken, JSON.stringify(body));
    }
    const json = this.#body(host, kind);
    const token = hosts.tokenOf(host);
    if (!isCompressed || json.length < COMPRESS_FROM) return request('/api/v1/push', authority, token, json);
    return compressedRequest('/api/v1/push', authority, token, json);
  }

  accepted(host: number, { status, body, retryAfterSeconds }: Answer, ms: number): Verdict {
    const kind = this.#kindOf(host);
    if (status === 201 || status === 202) {
      this.tally.accepted(kind, ms);
      return kind === 'enroll' ? this.#enrolled(host, body) : this.#pushed(host, body);
    }
    if (status === 429 || status === 503) {
      this.tally.putOff += 1;
      this.#keepChange(host);
      return this.#later(host, retryAfterSeconds);
    }
    if (status === 401) this.#options.hosts.keepToken(host, null);
    else this.#options.hosts.askFull(host, true);
    this.#trouble(`HTTP ${status} to ${kind}`, body);
    return this.#later(host, retryAfterSeconds);
  }

  failed(host: number, reason: string): Verdict {
    this.#trouble(`${reason} at ${this.#kindOf(host)}`, '');
    this.#keepChange(host);
    return this.#later(host, null);
  }

  #kindOf(host: number): Kind {
    return KINDS_BY_NUMBER[this.#kinds[host] ?? 0] ?? 'alive';
  }

  #nextKind(host: number): Kind {
    const { hosts, plan, shares, enrollToken } = this.#options;
    if (enrollToken !== null && hosts.tokenOf(host) === null) return 'enroll';
    if (hosts.needsFull(host)) return 'full';
    if (hosts.hasNews(host)) return 'change';
    if (this.isQuiet) return 'alive';
    const lot = share(mix(plan.seed, host), 1_000 + (hosts.sequence[host] ?? 0));
    if (lot < shares.full) return 'full';
    if (lot >= shares.full + shares.change) return 'alive';
    hosts.happen(host, now());
    return 'change';
  }

  #told(host: number): Told {
    const { hosts } = this.#options;
    return {
      agentStartedAt: this.#startedAt(host),
      sequence: hosts.nextSequence(host),
      sentAt: now(),
      step: hosts.stepOf(host) + (hosts.hasNews(host) ? 1 : 0),
      expectationsVersion: hosts.versionOf(host),
    };
  }

  #startedAt(host: number): string {
    return instant(this.#options.hosts.startedAt[host] ?? 0);
  }

  #body(host: number, kind: 'full' | 'change'): string {
    const { hosts, plan } = this.#options;
    const machine = machineAt(plan, host);
    const told = this.#told(host);
    const at = hosts.newsAt(host);
    const news: Happened | null = at === null ? null : { lastId: hosts.lastEventId[host] ?? 0, at };
    const isChange = kind === 'change' && news !== null;
    const { json, events } = isChange ? changeText(machine, told, news) : fullText(machine, told, news);
    hosts.sentEvents[host] = events;
    return json;
  }

  /** By far the most pushes, so their text is put together by hand. */
  #alive(host: number, authority: string): string {
    const { hosts, plan, shares } = this.#options;
    const bits = mix(plan.seed, host);
    const sequence = hosts.nextSequence(host);
    const version = hosts.versionOf(host);
    const told = version === null ? '' : `,"expectationsVersion":"${version}"`;
    const gauges = share(bits, sequence) < shares.gauges ? `,"gauges":${JSON.stringify(gaugesAt(bits, sequence))}` : '';
    hosts.sentEvents[host] = 0;
    const body =
      `{"kind":"alive","hostId":"${hosts.idOf(host)}","bootId":"${hosts.bootIdOf(host)}",` +
      `"agentStartedAt":"${this.#startedAt(host)}","sequence":${sequence},"sentAt":"${now()}",` +
      `"digest":"${digestOf(bits, hosts.stepOf(host))}"${told}${gauges}}`;
    return request('/api/v1/push', authority, hosts.tokenOf(host), body);
  }

  #enrolled(host: number, body: string): Verdict {
    const { token } = JSON.parse(body) as EnrolmentAnswer;
    this.#options.hosts.keepToken(host, token);
    this.#options.hosts.failures[host] = 0;
    return { kind: 'at-once' };
  }

  #pushed(host: number, body: string): Verdict {
    const { hosts } = this.#options;
    const { needFull, aliveEverySeconds, expectations } = JSON.parse(body) as PushAnswer;
    this.#acknowledge(host);
    hosts.failures[host] = 0;
    hosts.askFull(host, needFull);
    if (expectations) hosts.keepVersion(host, expectations.version);
    if (needFull) this.tally.needFull += 1;
    return needFull ? { kind: 'at-once' } : { kind: 'at-pace', stretch: Math.max(1, aliveEverySeconds / USUAL_PACE_S) };
  }

  #acknowledge(host: number): void {
    const { hosts, onEvent } = this.#options;
    const count = hosts.sentEvents[host] ?? 0;
    const first = (hosts.lastEventId[host] ?? 0) + 1;
    for (let id = first; id < first + count; id += 1) onEvent(hosts.idOf(host), this.#startedAt(host), id);
    this.tally.eventsAcknowledged += count;
    if (this.#kindOf(host) !== 'alive') hosts.acknowledge(host);
  }

  /** A change that was not answered may have been applied: it is told again as it was. */
  #keepChange(host: number): void {
    const { sequence } = this.#options.hosts;
    if (this.#kindOf(host) === 'change') sequence[host] = Math.max(0, (sequence[host] ?? 0) - 1);
  }

  /** Full jitter over a doubling range, on top of what the aggregator asked for. */
  #later(host: number, retryAfterSeconds: number | null): Verdict {
    const { hosts } = this.#options;
    const failures = Math.min(255, (hosts.failures[host] ?? 0) + 1);
    hosts.failures[host] = failures;
    const range = Math.min(BACKOFF.longestMs, BACKOFF.firstMs * 2 ** Math.min(failures - 1, 10));
    return { kind: 'after', ms: (retryAfterSeconds ?? 0) * 1_000 + Math.random() * range };
  }

  #trouble(reason: string, body: string): void {
    this.tally.failed(reason);
    if (this.#troubles.has(reason)) return;
    this.#troubles.add(reason);
    this.#options.onTrouble([reason, ...wordsOf(body)].join(': '));
  }
}

const KINDS_BY_NUMBER: readonly Kind[] = ['alive', 'change', 'full', 'enroll'];
const KIND_NUMBERS = { alive: 0, change: 1, full: 2, enroll: 3 } as const;

function now(): string {
  const ms = Date.now();
  if (ms !== latest.ms) latest = { ms, text: instant(ms) };
  return latest.text;
}

/** Thousands of pushes go out in one millisecond's time. */
let latest = { ms: 0, text: '' };

function wordsOf(body: string): readonly string[] {
  try {
    const { message, hint, faults = [] } = (JSON.parse(body) as ErrorAnswer).error;
    return [[message, hint ?? '', ...faults.slice(0, 3)].filter(Boolean).join(' · ')];
  } catch {
    return [];
  }
}

function headOf(path: string, authority: string, token: string | null): string {
  const access = token === null ? '' : `Authorization: Bearer ${token}\r\n`;
  return `POST ${path} HTTP/1.1\r\nHost: ${authority}\r\nContent-Type: application/json\r\n${access}`;
}

/** The body is ASCII. */
function request(path: string, authority: string, token: string | null, body: string): string {
  return `${headOf(path, authority, token)}Content-Length: ${body.length}\r\n\r\n${body}`;
}

function compressedRequest(path: string, authority: string, token: string | null, json: string): Buffer {
  const body = zstdCompressSync(json, FAST);
  const head = `${headOf(path, authority, token)}Content-Encoding: zstd\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
