import type { NextFunction } from 'express';
import helmet from 'helmet';
import type { NetworkList } from '../net/addresses.ts';
import { clientAddress } from '../net/client-address.ts';
import type { Answer, Asked } from './exchange.ts';
import { gateRefusal, type GateRules } from './gate.ts';
import { requestIds } from './request-id.ts';
import { API_HEADERS, HSTS, PAGE_POLICY } from './security-headers.ts';

export type Handler = (request: Asked, response: Answer, next: NextFunction) => void;

export interface EntranceRules extends GateRules {
  /** Whose word tells where a request comes from; null: nobody's. */
  readonly trustedProxies: NetworkList | null;
  /** The server itself answers by HTTPS. */
  readonly hasTls: boolean;
}

/**
 * What every request passes first: it gets its id and its answer's headers, then the gate. What is not of the API goes on to
 * `pages`. One handler for all of it, as each one more costs a push its microsecond.
 */
export function entrance(rules: EntranceRules, pages: Handler): Handler {
  const nextId = requestIds();
  const pageHeaders = helmet(PAGE_POLICY);
  const { trustedProxies, hasTls } = rules;
  return (request, response, next) => {
    request.requestId = nextId();
    response.setHeader('X-Request-Id', request.requestId);
    const { remoteAddress } = request.socket;
    if (trustedProxies && remoteAddress !== undefined) {
      request.peer = clientAddress(remoteAddress, request.headers, trustedProxies);
    }
    if (hasTls) response.setHeader(...HSTS);
    const isOfApi = request.path.startsWith('/api/');
    if (isOfApi) for (const [name, value] of API_HEADERS) response.setHeader(name, value);
    else pageHeaders(request, response, passed);
    const refusal = gateRefusal(request.headers, rules);
    if (refusal) next(refusal);
    else if (isOfApi) next();
    else pages(request, response, next);
  };
}

/** Helmet sets its headers at once and never fails with a policy that it took at the start. */
function passed(): void {
  // Nothing is left to do.
}
