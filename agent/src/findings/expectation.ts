import { type Place } from '../contract.ts';

/** A declared service: where it belongs, and what its holder must be. `--expect`. */
export interface Expectation {
  /** For people; {@link Listener.service}. */
  readonly name: string;
  /** Any one of them is right; at least one. */
  readonly places: readonly Place[];
  /** Unit its holder must run in; null: any. */
  readonly unit: string | null;
  /** Path, or name without `/`, of the executable its holder must run; null: any. */
  readonly exe: string | null;
  /** User its holder must run as; null: any. */
  readonly user: string | null;
}
