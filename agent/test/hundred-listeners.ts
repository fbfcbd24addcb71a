import { fork, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type ListenOptions, type Server } from 'node:net';

/** Real sockets of every kind, to be found. */
export interface Listeners {
  readonly count: number;
  /** Pids of children that hold sockets of this process too. */
  readonly heirs: readonly number[];
}

const HEIR = new URL('heir.ts', import.meta.url);

/** @param after calls back at the end of the test; what is open by then is closed, however far the opening came */
export async function openHundredListeners(after: (close: () => Promise<void>) => void): Promise<Listeners> {
  const closing: (() => Promise<void>)[] = [];
  after(async () => {
    for (const close of closing) await close();
  });
  const opened = <T extends Server | Socket>(socket: T): T => {
    closing.push(() => new Promise<void>((closed) => socket.close(() => closed())));
    return socket;
  };
  const servers = [
    ...(await many(30, async () => opened(await tcp({ host: '127.0.0.1' })))),
    ...(await many(10, async () => opened(await tcp({ host: '0.0.0.0' })))),
    ...(await many(15, async () => opened(await tcp({ host: '::1' })))),
    ...(await many(10, async () => opened(await tcp({ host: '::' })))),
    ...(await many(5, async () => (await versionTwins()).map(opened))).flat(),
    ...(await many(5, async () => (await portSharers()).map(opened))).flat(),
  ];
  const sockets = [
    ...(await many(10, async () => opened(await udp({ type: 'udp4' }, '127.0.0.1')))),
    ...(await many(5, async () => opened(await udp({ type: 'udp6', ipv6Only: true }, '::1')))),
  ];
  const heirs = await many(2, async () => {
    const heir = fork(HEIR);
    closing.unshift(() => end(heir));
    return inherit(heir, servers.slice(0, 3));
  });
  return { count: servers.length + sockets.length, heirs: heirs.map(({ pid }) => pid ?? 0) };
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

/** 0.0.0.0 and a `::` that leaves IPv4 alone, on one port: where another process has that one, on the next that is free. */
async function versionTwins(): Promise<Server[]> {
  for (let tries = 0; tries < 20; tries++) {
    const ipv4 = await tcp({ host: '0.0.0.0' });
    try {
      return [ipv4, await tcp({ host: '::', ipv6Only: true, port: portOf(ipv4) })];
    } catch {
      ipv4.close();
    }
  }
  throw new Error('no port was free for both 0.0.0.0 and ::');
}

/** SO_REUSEPORT: two sockets on one address and port. */
async function portSharers(): Promise<Server[]> {
  const first = await tcp({ host: '127.0.0.1', reusePort: true });
  return [first, await tcp({ host: '127.0.0.1', reusePort: true, port: portOf(first) })];
}

async function inherit(heir: ChildProcess, servers: readonly Server[]): Promise<ChildProcess> {
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
