import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorAnswer } from '../contract.ts';

/** What a route gives back; the rim writes it. */
export interface Answer {
  readonly status: number;
  readonly type: 'application/json' | 'text/plain' | 'text/plain; version=0.0.4' | 'text/html';
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const answer = (type: Answer['type'], body: string, headers: Answer['headers'] = {}): Answer => ({
  status: 200,
  type,
  body,
  headers,
});

export function refusal(
  status: number,
  code: string,
  message: string,
  hint?: string,
  headers: Answer['headers'] = {},
): Answer {
  const error: ErrorAnswer = {
    error: { code, message, ...(hint === undefined ? {} : { hint }) },
    requestId: randomUUID(),
  };
  return { status, type: 'application/json', body: `${JSON.stringify(error)}\n`, headers };
}

/** Headers of every answer. */
export const ALWAYS = {
  'cache-control': 'no-cache',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** An ETag that the reader already has makes it a 304. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, type, body, headers }: Answer,
): void {
  const all = { ...ALWAYS, ...headers, 'content-type': `${type}; charset=utf-8` };
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (status === 200 && headers.etag !== undefined && known.includes(headers.etag)) {
    response.writeHead(304, { ...ALWAYS, ...headers }).end();
    return;
  }
  response.writeHead(status, { ...all, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}
