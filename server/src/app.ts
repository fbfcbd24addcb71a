import type { Server } from 'node:http';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction } from 'express';
import helmet from 'helmet';
import { AppModule } from './app.module.ts';
import { packageFolder, type ServerConfig } from './config.ts';
import { ErrorAnswerFilter } from './http/error-answer.filter.ts';
import type { Answer, Asked } from './http/exchange.ts';
import { gateRefusal } from './http/gate.ts';
import { nestLogger } from './http/nest-logger.ts';
import { PlainAdapter } from './http/plain-adapter.ts';
import { requestIds } from './http/request-id.ts';
import type { Log } from './log.ts';
import { fileHandler, pageHandler, pagesFolder } from './pages/pages.ts';
import type { Services } from './services.ts';

/** Longer than any client keeps a connection for the next push: undici honours it less 2 s, the pace is 15 s. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** The server as a Nest application that does not listen yet. */
export async function createApp(config: ServerConfig, services: Services, log: Log): Promise<NestExpressApplication> {
  Logger.overrideLogger(nestLogger(log));
  const app = await NestFactory.create<NestExpressApplication>(AppModule.of(services), new PlainAdapter());
  services.openApi.describe(app);
  limit(app.getHttpServer());
  app.disable('x-powered-by');
  // Answers carry the time they are made at, so the hash of one never matches another.
  app.disable('etag');
  app.use(identify(), helmet(HEADERS), gate(config, services), noStore);
  servePages(app);
  app.useGlobalFilters(new ErrorAnswerFilter(log));
  return app;
}

function limit(server: Server): void {
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
}

type Middleware = (request: Asked, response: Answer, next: NextFunction) => void;

function identify(): Middleware {
  const nextId = requestIds();
  return (request, response, next) => {
    request.requestId = nextId();
    response.setHeader('X-Request-Id', request.requestId);
    next();
  };
}

/** No inline script, nothing from elsewhere; styles set by the pages' own script need no exception. */
const HEADERS: Parameters<typeof helmet>[0] = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: 'deny' },
  referrerPolicy: { policy: 'same-origin' },
  // Whether there is TLS in front is for the proxy to say.
  strictTransportSecurity: false,
};

function gate(config: ServerConfig, { access }: Services): Middleware {
  const rules = { hasNoTokens: access.hasNoTokens, listenHost: config.listen.host, publicUrl: config.publicUrl };
  return (request, _, next) => {
    const refusal = gateRefusal(request.headers, rules);
    if (refusal) next(refusal);
    else next();
  };
}

/** Answers are about now and for whoever asked. */
const noStore: Middleware = ({ path }, response, next) => {
  if (path.startsWith('/api/')) response.setHeader('Cache-Control', 'no-store');
  next();
};

function servePages(app: NestExpressApplication): void {
  const folder = pagesFolder(packageFolder());
  app.use(fileHandler(folder), pageHandler(folder));
}
