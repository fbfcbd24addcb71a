/** The least an aggregator does: applies each event once, by its name, and says what it got. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { EventKind, FullPush, Instant, Push, PushAnswer, PushedEvent } from '../src/contract.ts';

export interface Delivered {
  readonly agentStartedAt: Instant;
  readonly id: number;
  readonly kind: EventKind;
}

export class Receiver {
  #server: Server | null = null;
  #port = 0;
  readonly #names = new Set<string>();
  /** Each event when it came first, in the order of coming. */
  readonly once: Delivered[] = [];
  readonly gaps: PushedEvent[] = [];
  readonly fulls: FullPush[] = [];
  readonly pushes: Push[] = [];
  repeated = 0;
  #known: string | null = null;
  readonly #aliveEverySeconds: number;

  /** @param aliveEverySeconds the pace it asks for */
  constructor(aliveEverySeconds = 15) {
    this.#aliveEverySeconds = aliveEverySeconds;
  }

  /** As if it had forgotten the machine. */
  forget(): void {
    this.#known = null;
  }

  /** Where it listens, also while it does not. */
  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      void buffer(request).then((bytes) => {
        const coding = request.headers['content-encoding'];
        const decode = coding === 'zstd' ? zstdDecompressSync : gunzipSync;
        const push = JSON.parse((coding === undefined ? bytes : decode(bytes)).toString()) as Push;
        response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify(this.#take(push)));
      });
    }).listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  #take(push: Push): PushAnswer {
    const events = 'events' in push ? push.events : [];
    for (const event of events) this.#apply(event, event.agentStartedAt ?? push.agentStartedAt);
    this.pushes.push(push);
    const isOther = this.#known !== push.agentStartedAt;
    const needFull = isOther && (push.kind === 'change' || push.kind === 'alive');
    if (push.kind === 'full') {
      this.fulls.push(push);
      this.#known = push.agentStartedAt;
    }
    return {
      accepted: true,
      needFull,
      aliveEverySeconds: this.#aliveEverySeconds,
      serverTime: new Date().toISOString(),
      expectations: null,
    };
  }

  #apply(event: PushedEvent, agentStartedAt: Instant): void {
    const name = `${agentStartedAt} ${event.id}`;
    if (this.#names.has(name)) {
      this.repeated += 1;
      return;
    }
    this.#names.add(name);
    this.once.push({ agentStartedAt, id: event.id, kind: event.kind });
    if (event.kind === 'gap') this.gaps.push(event);
  }
}
