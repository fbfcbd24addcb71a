import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { tokenFiles } from './auth/access-services.ts';
import type { ServerConfig } from './config.ts';
import type { Lifetime } from './lifetime.ts';
import { createLog, type Log } from './log.ts';
import { checkTls } from './net/tls.ts';
import { reasonOf } from './reason-of.ts';
import { StartFault } from './refusal.ts';
import type { Services } from './services.ts';
import { openStore, type StoreLocation } from './store/open-store.ts';
import { StoreFault } from './store/store-fault.ts';
import { storeName } from './store/store-name.ts';
import type { Store } from './store/store.ts';

/** A server that neither listens nor has timers yet. */
export interface Instance {
  readonly app: NestExpressApplication;
  readonly services: Services;
  readonly store: Store;
  readonly log: Log;
}

/** Throws a StartFault when it cannot start. */
export async function openInstance(config: ServerConfig, lifetime: Lifetime): Promise<Instance> {
  checkTokenFiles(config);
  checkTls(config);
  const log = createLog(config.logLevel, config.logFormat);
  // The store's threads start while all else is loaded.
  const [store, { createServices }, { createApp }] = await Promise.all([
    openStoreOf(config.store),
    import('./services.ts'),
    import('./app.ts'),
  ]);
  try {
    const services = await createServices(config, { store, log, now: Date.now, lifetime });
    return { app: await createApp(config, services, log), services, store, log };
  } catch (cause) {
    await store.close();
    throw storeFaultOf(config.store, cause);
  }
}

/** Everything taken in is durable, streams are closed. */
export async function closeInstance({ services, store }: Instance): Promise<void> {
  await services.hub.close();
  await services.ingest.close();
  await services.audit.idle();
  await store.close();
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

async function openStoreOf(location: StoreLocation): Promise<Store> {
  if (location.kind === 'sqlite') makeFolder(dirname(location.path));
  try {
    return await openStore(location);
  } catch (cause) {
    throw storeFaultOf(location, cause);
  }
}

function storeFaultOf(location: StoreLocation, cause: unknown): unknown {
  if (!(cause instanceof StoreFault)) return cause;
  return new StartFault(1, `cannot use the store ${storeName(location)}: ${cause.message}; ${cause.remedy}`, cause);
}

function makeFolder(folder: string): void {
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
}
