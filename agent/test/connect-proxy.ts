/** A proxy that knows CONNECT and nothing else. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { type TestContext } from 'node:test';

export interface ConnectProxy {
  readonly url: URL;
  /** What it was asked to connect to, oldest first. */
  readonly asked: readonly string[];
}

/** @param credentials `user:password`, if it wants them; all places but `only` are refused */
export async function connectProxy(context: TestContext, only: string, credentials?: string): Promise<ConnectProxy> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server = createServer((_, response) => {
    response.writeHead(405).end();
  });
  server.on('connection', (socket) => open.add(socket));
  server.on('connect', ({ url = '', headers }, client) => {
    asked.push(url);
    if (expected !== undefined && headers['proxy-authorization'] !== expected) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n');
    } else if (url !== only) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    } else {
      const target = connect(Number(url.split(':').at(-1)), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        target.pipe(client).pipe(target);
      });
      open.add(target);
      target.on('error', () => client.destroy());
      client.on('error', () => target.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), asked };
}
