import type { Instant } from '@portlight/agent/contract';

/** On every answer. */
export interface Stamped {
  /** The server's clock; the only "now" a page may use. */
  readonly serverNow: Instant;
  /** The moment the answer speaks of. */
  readonly asOf: Instant;
}
