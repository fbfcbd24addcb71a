/** The aggregator as the agent reaches it: one kept connection, one request at a time. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { Client } from 'undici';
import type { ErrorAnswer } from '../contract.ts';
import { connectTrouble, type Way } from './connect-trouble.ts';
import { tunnel } from './tunnel.ts';

/** Smaller bodies gain nothing from compression. */
const COMPRESS_FROM_BYTES = 1024;
/** Above any pace of `alive`, or each push would connect anew; the server's own hint is honoured up to the maximum. */
export const KEEP_ALIVE_MS = 65 * 1000;
const KEEP_ALIVE_MOST_MS = 600_000;
const CONNECT_WITHIN_MS = 10_000;

/** The best one first; what the aggregator, or a proxy before it, does not know (415) is left for the next. */
const CODINGS = [
  { name: 'zstd', encode: zstdCompressSync },
  { name: 'gzip', encode: gzipSync },
] as const;

export type Reply =
  | { readonly kind: 'ok'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface AggregatorOptions {
  readonly url: URL;
  /** PEM; null: the system's authorities. */
  readonly ca: string | null;
  /** Null: straight there. */
  readonly proxy?: URL | null;
  readonly timeoutMs?: number;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reasonOf(body: unknown, status: number): string {
  const { error } = (body ?? {}) as Partial<ErrorAnswer>;
  if (typeof error?.message !== 'string') return `HTTP ${status}`;
  return [error.message, ...(error.faults ?? []).slice(0, 5), error.hint].filter(Boolean).join(' · ').slice(0, 1000);
}

/** Retry-After in seconds; the date form is not used by our aggregator, and a proxy's is better ignored than misread. */
function retryAfterMs(header: string | string[] | undefined): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) * 1000 : null;
}

export class Aggregator {
  readonly #client: Client;
  readonly #base: string;
  readonly #way: Way;
  #codings: readonly (typeof CODINGS)[number][] = CODINGS;
  #connections = 0;
  #bytesSent = 0;

  constructor({ url, ca, proxy = null, timeoutMs = 15_000 }: AggregatorOptions) {
    this.#base = url.pathname.replace(/\/$/, '');
    this.#way = { url, hasOwnCa: ca !== null };
    const connect =
      proxy === null
        ? { timeout: CONNECT_WITHIN_MS, ...(ca === null ? {} : { ca }) }
        : tunnel({ proxy, aggregator: url, ca, timeoutMs: CONNECT_WITHIN_MS });
    this.#client = new Client(url.origin, {
      connect,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MOST_MS,
      maxResponseSize: 16 * 1024 * 1024,
    });
    this.#client.on('connect', () => {
      this.#connections += 1;
    });
  }

  /** How often it was connected to. */
  get connections(): number {
    return this.#connections;
  }

  /** Bodies that were answered, as they went over the wire. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** @param token presented as bearer; null: none is needed */
  async post(path: string, body: unknown, token: string | null): Promise<Reply> {
    const json = Buffer.from(JSON.stringify(body));
    const reply = await this.#send(path, json, token);
    const isUnknownCoding = reply.kind === 'refused' && reply.status === 415 && this.#codings.length > 0;
    if (!isUnknownCoding || json.length < COMPRESS_FROM_BYTES) return reply;
    this.#codings = this.#codings.slice(1);
    return await this.post(path, body, token);
  }

  async #send(path: string, json: Buffer, token: string | null): Promise<Reply> {
    const coding = json.length < COMPRESS_FROM_BYTES ? undefined : this.#codings[0];
    const headers = {
      'content-type': 'application/json',
      ...(coding ? { 'content-encoding': coding.name } : {}),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    };
    try {
      const sent = coding ? coding.encode(json) : json;
      const request = { method: 'POST', path: this.#base + path, headers, body: sent } as const;
      const { statusCode, headers: answered, body: stream } = await this.#client.request(request);
      this.#bytesSent += sent.length;
      const answer = parsed(await stream.text());
      if (statusCode >= 200 && statusCode < 300) return { kind: 'ok', body: answer };
      const retry = retryAfterMs(answered['retry-after']);
      return { kind: 'refused', status: statusCode, reason: reasonOf(answer, statusCode), retryAfterMs: retry };
    } catch (error) {
      return { kind: 'unreachable', reason: connectTrouble(error, this.#way) };
    }
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }
}
