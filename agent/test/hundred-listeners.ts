import { fork, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type ListenOptions, type Server } from 'node:net';

/** Real sockets of every kind, to be found. */
export interface Listeners {
  readonly count: number;
  /** Pids of children that hold sockets of this process too. */
  readonly heirs: readonly number[];
  close(): Promise<void>;
}

const HEIR = new URL('heir.ts', import.meta.url);

export async function openHundredListeners(): Promise<Listeners> {
  const servers = [
    ...(await many(30, () => tcp({ host: '127.0.0.1' }))),
    ...(await many(10, () => tcp({ host: '0.0.0.0' }))),
    ...(await many(15, () => tcp({ host: '::1' }))),
    ...(await many(10, () => tcp({ host: '::' }))),
    ...(await many(5, versionTwins)).flat(),
    ...(await many(5, portSharers)).flat(),
  ];
  const sockets = [
    ...(await many(10, () => udp({ type: 'udp4' }, '127.0.0.1'))),
    ...(await many(5, () => udp({ type: 'udp6', ipv6Only: true }, '::1'))),
  ];
  const heirs = await many(2, () => startHeir(servers.slice(0, 3)));
  return {
    count: servers.length + sockets.length,
    heirs: heirs.map(({ pid }) => pid ?? 0),
    close: async () => {
      for (const heir of heirs) await end(heir);
      for (const socket of [...servers, ...sockets]) await new Promise<void>((closed) => socket.close(() => closed()));
    },
  };
}

async function many<T>(count: number, open: () => Promise<T>): Promise<T[]> {
  const opened: T[] = [];
  while (opened.length < count) opened.push(await open());
  return opened;
}

async function tcp(options: ListenOptions): Promise<Server> {
  const server = createServer();
  server.listen({ port: 0, ...options });
  await once(server, 'listening');
  return server;
}

async function udp(options: SocketOptions, address: string): Promise<Socket> {
  const socket = createSocket(options);
  socket.bind(0, address);
  await once(socket, 'listening');
  return socket;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** 0.0.0.0 and a `::` that leaves IPv4 alone, on one port. */
async function versionTwins(): Promise<Server[]> {
  const ipv4 = await tcp({ host: '0.0.0.0' });
  return [ipv4, await tcp({ host: '::', ipv6Only: true, port: portOf(ipv4) })];
}

/** SO_REUSEPORT: two sockets on one address and port. */
async function portSharers(): Promise<Server[]> {
  const first = await tcp({ host: '127.0.0.1', reusePort: true });
  return [first, await tcp({ host: '127.0.0.1', reusePort: true, port: portOf(first) })];
}

async function startHeir(servers: readonly Server[]): Promise<ChildProcess> {
  const heir = fork(HEIR);
  for (const server of servers) {
    heir.send('hold', server);
    await once(heir, 'message');
  }
  return heir;
}

export async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}
