import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

interface Turn {
  readonly first: number;
  /** Servers that were not there. */
  readonly refused: number;
}

/** Hands each request to the next server in turn, as a load balancer without sticky sessions does. */
export class RoundRobin {
  private readonly server: Server;
  private readonly kept = new Agent({ keepAlive: true });
  private readonly upstreams: readonly string[];
  private turn = 0;

  private constructor(upstreams: readonly string[]) {
    this.upstreams = upstreams;
    this.server = createServer((incoming, outgoing) => void this.pass(incoming, outgoing));
  }

  static async open(upstreams: readonly string[]): Promise<RoundRobin> {
    const proxy = new RoundRobin(upstreams);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.kept.destroy();
    this.server.close();
    this.server.closeAllConnections();
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    this.turn += 1;
    this.hand(incoming, Buffer.concat(chunks), outgoing, { first: this.turn, refused: 0 });
  }

  /** Where nobody listens nothing was taken, so the server after it is asked. */
  private hand(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse, { first, refused }: Turn): void {
    const upstream = this.upstreams[(first + refused) % this.upstreams.length] ?? '';
    const { method = 'GET', headers, url = '' } = incoming;
    const passed = request(upstream + url, { agent: this.kept, method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
      // An answer that ends early must not look whole.
      response.once('error', () => outgoing.destroy());
    });
    passed.once('error', (error: NodeJS.ErrnoException) => {
      const isLeft = refused + 1 < this.upstreams.length;
      if (error.code === 'ECONNREFUSED' && isLeft) this.hand(incoming, body, outgoing, { first, refused: refused + 1 });
      else if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end();
    });
    outgoing.once('close', () => passed.destroy());
    passed.end(body);
  }
}
