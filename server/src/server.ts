import { accessSync, constants, mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { dirname } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from './app.ts';
import type { ServerConfig } from './config.ts';
import { unusedConnections } from './http/unused-connections.ts';
import { createLog, type Log } from './log.ts';
import { StartFault } from './refusal.ts';
import { createServices, tokenFiles, type Services } from './services.ts';
import { StoreFault } from './store/store-fault.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';

/** Signs of life reach the store this often. */
const FLUSH_EVERY_MS = 2_000;
const MAINTAIN_EVERY_MS = 60_000;
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
  checkTokenFiles(config);
  const log = createLog(config.logLevel, config.logFormat);
  const store = await openStoreOf(config);
  const services = await createServices(config, { store, log, now: Date.now });
  const app = await createApp(config, services, log);
  const unused = unusedConnections(app.getHttpServer());
  await listen(app, config);
  const timers = [
    every(FLUSH_EVERY_MS, () => services.ingest.flush(), log),
    every(MAINTAIN_EVERY_MS, () => services.maintenance.run(), log),
    every(READ_EXPECTATIONS_EVERY_MS, () => services.book.refresh(), log),
  ];
  return { url: urlOf(app), stop: () => stop({ app, services, store, timers, unused }) };
}

function checkTokenFiles(config: ServerConfig): void {
  const { enroll, read, admin } = tokenFiles(config);
  for (const file of [enroll, read, admin]) {
    try {
      file?.valid(Date.now());
    } catch (cause) {
      throw new StartFault(
        2,
        `cannot use token file ${file?.path ?? ''}: ${reasonOf(cause)}; make one by: openssl rand -hex 32 > ${file?.path ?? ''}`,
        cause,
      );
    }
  }
}

async function openStoreOf({ storePath }: ServerConfig): Promise<Store> {
  const folder = dirname(storePath);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new StartFault(
      1,
      `cannot write to ${folder}: ${reasonOf(cause)}; make it writable for this user, or give another folder by --state-dir`,
      cause,
    );
  }
  try {
    return await openStore({ kind: 'sqlite', path: storePath });
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    throw new StartFault(1, `cannot use the store ${storePath}: ${cause.message}; ${cause.remedy}`, cause);
  }
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

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function urlOf(app: NestExpressApplication): string {
  const { address, port, family } = app.getHttpServer().address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** A failure is logged and the work is tried again at the next turn. */
function every(ms: number, work: () => Promise<unknown>, log: Log): NodeJS.Timeout {
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
  readonly app: NestExpressApplication;
  readonly services: Services;
  readonly store: Store;
  readonly timers: readonly NodeJS.Timeout[];
  readonly unused: ReadonlySet<Socket>;
}

async function stop({ app, services, store, timers, unused }: Parts): Promise<void> {
  for (const timer of timers) clearInterval(timer);
  const closed = app.close();
  for (const socket of unused) socket.destroy();
  await services.hub.close();
  await lastAnswers(app.getHttpServer(), closed);
  await services.ingest.close();
  await store.close();
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
