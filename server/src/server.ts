import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ServerConfig } from './config.ts';
import { unusedConnections } from './http/unused-connections.ts';
import { OBSERVE_EVERY_MS } from './ingest/pace.ts';
import { closeInstance, openInstance, type Instance } from './instance.ts';
import { LONG_RUNNING } from './lifetime.ts';
import type { Log } from './log.ts';
import { reasonOf } from './reason-of.ts';
import { StartFault } from './refusal.ts';

/** Signs of life reach the store this often. */
const FLUSH_EVERY_MS = 2_000;
const MAINTAIN_EVERY_MS = 60_000;
/** Of maintenance, each time: 1,000 machines that left, 800 MB given back. */
const PIECES_AT_ONCE = 100;
/** Expectations that another instance stored are handed down by this one after at most this long. */
const READ_EXPECTATIONS_EVERY_MS = 5_000;
const CLOSE_IDLE_EVERY_MS = 50;
/** A request that takes longer to finish than this at the end is cut; what waits for a commit is not affected. */
const CUT_AFTER_MS = 3_000;

export interface RunningServer {
  /** As http://127.0.0.1:9621. */
  readonly url: string;
  /** Requests under way are answered, everything taken in is durable, streams are closed. */
  stop(): Promise<void>;
}

/** The long-running server. Throws a StartFault when it cannot start. */
export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const instance = await openInstance(config, LONG_RUNNING);
  const { app, services, log } = instance;
  const unused = unusedConnections(app.getHttpServer());
  await listen(app, config);
  services.pace.observe();
  const timers = [
    every(FLUSH_EVERY_MS, () => services.ingest.flush(), log),
    every(MAINTAIN_EVERY_MS, () => services.maintenance.runOn(PIECES_AT_ONCE), log),
    every(READ_EXPECTATIONS_EVERY_MS, () => services.book.refresh(), log),
    every(OBSERVE_EVERY_MS, () => services.pace.observe(), log),
  ];
  return { url: urlOf(app), stop: () => stop({ instance, timers, unused }) };
}

async function listen(app: NestExpressApplication, { listen: { host, port } }: ServerConfig): Promise<void> {
  try {
    await app.init();
    await listening(app.getHttpServer(), { port, host });
  } catch (cause) {
    throw new StartFault(1, `cannot listen on ${host}:${port}: ${reasonOf(cause)}${listenRemedy(cause, port)}`, cause);
  }
}

/** Not Nest's own `listen`, which logs a failure beside the one sentence about it. */
function listening(server: Server, address: { readonly port: number; readonly host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function listenRemedy(cause: unknown, port: number): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  if (code === 'EADDRINUSE')
    return `; see who holds it by: portlight ports --port ${port}, or give another one by --listen`;
  return '; give another address by --listen';
}

function urlOf(app: NestExpressApplication): string {
  const server: Server = app.getHttpServer();
  const { address, port, family } = server.address() as AddressInfo;
  return `${server instanceof TlsServer ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** A failure is logged and the work is tried again at the next turn. */
function every(ms: number, work: () => unknown, log: Log): NodeJS.Timeout {
  const attempt = async (): Promise<void> => {
    try {
      await work();
    } catch (cause) {
      log.error({ cause: reasonOf(cause) }, 'periodic work failed; it is tried again');
    }
  };
  return setInterval(() => void attempt(), ms);
}

interface Parts {
  readonly instance: Instance;
  readonly timers: readonly NodeJS.Timeout[];
  readonly unused: ReadonlySet<Socket>;
}

async function stop({ instance, timers, unused }: Parts): Promise<void> {
  for (const timer of timers) clearInterval(timer);
  const { app, services } = instance;
  services.pace.close();
  const closed = app.close();
  for (const socket of unused) socket.destroy();
  await services.hub.close();
  await lastAnswers(app.getHttpServer(), closed);
  await closeInstance(instance);
}

/** Requests under way are answered; connections that only wait for the next one are closed as they become idle. */
async function lastAnswers(server: Server, closed: Promise<void>): Promise<void> {
  const closeIdle = setInterval(() => {
    server.closeIdleConnections();
  }, CLOSE_IDLE_EVERY_MS);
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, CUT_AFTER_MS);
  await closed;
  clearInterval(closeIdle);
  clearTimeout(cut);
}
