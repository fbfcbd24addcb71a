import type { Server } from 'node:http';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.ts';
import { packageFolder, type ServerConfig } from './config.ts';
import { ErrorAnswerFilter } from './http/error-answer.filter.ts';
import { entrance, type EntranceRules } from './http/entrance.ts';
import { nestLogger } from './http/nest-logger.ts';
import { PlainAdapter } from './http/plain-adapter.ts';
import { Admission } from './ingest/admission.ts';
import type { Log } from './log.ts';
import { NetworkList } from './net/addresses.ts';
import { followTlsFiles, tlsFilesOf, tlsOptions } from './net/tls.ts';
import { pageHandler, pagesFolder } from './pages/pages.ts';
import type { Services } from './services.ts';

/** Longer than any client keeps a connection for the next push: undici honours it less 2 s, the pace is 15 s. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** The server as a Nest application that does not listen yet. */
export async function createApp(config: ServerConfig, services: Services, log: Log): Promise<NestExpressApplication> {
  Logger.overrideLogger(nestLogger(log));
  const admission = new Admission(() => performance.now());
  const tls = tlsFilesOf(config);
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.of({ ...services, admission }),
    new PlainAdapter(tls && tlsOptions(tls)),
  );
  services.openApi.describe(app);
  limit(app.getHttpServer());
  if (tls) followTlsFiles(app.getHttpServer(), tls, log);
  app.disable('x-powered-by');
  // Answers carry the time they are made at, so the hash of one never matches another.
  app.disable('etag');
  app.use(entrance(entranceRules(config, services), pageHandler(pagesFolder(packageFolder()))));
  app.useGlobalFilters(new ErrorAnswerFilter(log));
  return app;
}

function limit(server: Server): void {
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
}

function entranceRules(config: ServerConfig, { access, proxySignIn }: Services): EntranceRules {
  const { listen, publicUrl, trustedProxies, tlsCertFile } = config;
  return {
    hasNoTokens: access.hasNoTokens,
    listenHost: listen.host,
    publicUrl,
    signsInByProxy: proxySignIn.isConfigured,
    trustedProxies: trustedProxies.length > 0 ? new NetworkList(trustedProxies) : null,
    hasTls: tlsCertFile !== null,
  };
}
