import type { Request, Response } from 'express';
import type { Caller } from '../auth/access.ts';
import type { Place } from '../ingest/admission.ts';

/** A request with what the server found out about it. */
export interface Asked extends Request {
  /** Stands in the answer and in the log. */
  requestId?: string;
  /** Where it comes from; left out: the connection's other end. */
  peer?: string;
  /** Set by the guard of what people read. */
  caller?: Caller;
  /** Machine that pushes, by its token; null where none is needed. Set by the guard of pushes. */
  pushingHost?: string | null;
  /** Of a large push among the others under way; null for a small one. Set by the guard of pushes, left by who answers. */
  place?: Place | null;
}

export type Answer = Response;

/** Token of `Authorization: Bearer`; null without one. */
export function bearerOf({ headers }: Pick<Request, 'headers'>): string | null {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

export function cookieOf({ headers }: Pick<Request, 'headers'>, name: string): string | null {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}

/** Where a request comes from; null when the connection is gone already. */
export function addressOf({ peer, socket }: Pick<Asked, 'peer' | 'socket'>): string | null {
  return peer ?? socket.remoteAddress ?? null;
}

/** For counting failures and for people. */
export function peerOf(request: Pick<Asked, 'peer' | 'socket'>): string {
  return addressOf(request) ?? 'unknown';
}
