import type { Request } from 'express';

/** Compressions answers come in, the better one first. */
const CODINGS = ['br', 'gzip'] as const;
export type Coding = (typeof CODINGS)[number];

/** How the client wants an answer compressed; null: not at all. Browsers name gzip first out of habit, so their order does not count. */
export function codingFor(request: Pick<Request, 'acceptsEncodings'>): Coding | null {
  return CODINGS.find((coding) => request.acceptsEncodings(coding) === coding) ?? null;
}
