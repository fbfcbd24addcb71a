import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Connections that have not asked anything yet. Browsers open them in advance; to Node they are not idle, so that nothing
 * else would close them when the server stops.
 */
export function unusedConnections(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return unused;
}
