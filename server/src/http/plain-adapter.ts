import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { StreamableFile } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';
import type { ServerTls } from '../net/tls.ts';
import type { Answer } from './exchange.ts';
import { expressShapes, type ExpressPrototypes } from './express-shapes.ts';
import { sendJson } from './send-json.ts';

/** Express without body parsers: bodies are read after the guards, by what needs them. Answers are compressed. */
export class PlainAdapter extends ExpressAdapter {
  constructor(
    /** Null: it answers by plain HTTP. */
    private readonly tls: ServerTls | null,
  ) {
    super();
  }

  override initHttpServer(): void {
    const app = this.getInstance<Express & ExpressPrototypes>();
    const shapes = expressShapes(app);
    this.setHttpServer(this.tls ? createTlsServer({ ...this.tls, ...shapes }, app) : createServer(shapes, app));
  }

  override registerParserMiddleware(): void {
    // None.
  }

  override reply(response: Answer, body: unknown, statusCode?: number): unknown {
    if (!isView(body)) return super.reply(response, body, statusCode) as unknown;
    if (statusCode !== undefined) response.status(statusCode);
    return sendJson(response, body);
  }
}

/** What a controller of ours answers; all else Nest knows to send. */
function isView(body: unknown): boolean {
  const isObject = typeof body === 'object' && body !== null;
  return isObject && !(body instanceof Error) && !(body instanceof StreamableFile);
}
