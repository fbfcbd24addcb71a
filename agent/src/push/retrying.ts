/** What follows from an answer that is not 202. Pure. */
import type { Reply } from './aggregator.ts';

/**
 * `again`: the same later, as nothing is wrong with it · `full`: it was not understood, only everything is right for sure ·
 * `smaller`: everything, in fewer bytes · `enrol`: with a token.
 */
export type Remedy = 'again' | 'full' | 'smaller' | 'enrol';

/** An aggregator that is away or overloaded keeps what it knows: to be told everything by all would not help it. */
const PASSES = [403, 408, 425, 429];

export function remedyFor(reply: Exclude<Reply, { kind: 'ok' }>): Remedy {
  if (reply.kind === 'unreachable' || reply.status >= 500 || PASSES.includes(reply.status)) return 'again';
  if (reply.status === 401) return 'enrol';
  return reply.status === 413 ? 'smaller' : 'full';
}
