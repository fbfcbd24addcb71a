import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/**
 * Connections that have not asked anything yet. Browsers open them in advance; to Node they are not idle, so that nothing
 * else would close them when the server stops.
 */
export function unusedConnections(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  const add = (socket: Socket): void => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  };
  server.on('connection', add);
  server.on('request', ({ socket }) => unused.delete(socket));
  if (server instanceof TlsServer) followHandshakes(server, unused, add);
  return unused;
}

/** With TLS requests come on another socket, which takes the first one's place after the handshake. */
function followHandshakes(server: TlsServer, unused: Set<Socket>, add: (socket: Socket) => void): void {
  const handshaking = new Map<string, Socket>();
  const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress ?? ''} ${remotePort ?? ''}`;
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    handshaking.set(peer, socket);
    socket.once('close', () => handshaking.get(peer) === socket && handshaking.delete(peer));
  });
  server.on('secureConnection', (secure) => {
    const peer = peerOf(secure);
    const socket = handshaking.get(peer);
    handshaking.delete(peer);
    if (socket) unused.delete(socket);
    add(secure);
  });
}
