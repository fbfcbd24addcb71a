import { type Holder, type Place } from '../contract.ts';

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

/** Whether it says who must hold the place. */
export function hasSelectors({ unit, exe, user }: Expectation): boolean {
  return unit !== null || exe !== null || user !== null;
}

/** Whether a process is what the expectation wants its holder to be; without selectors any process is. */
export function meetsSelectors(holder: Holder, { unit, exe, user }: Expectation): boolean {
  const isUnit = unit === null || holder.unit === unit;
  const isUser = user === null || holder.user === user || String(holder.uid) === user;
  return isUnit && isUser && (exe === null || runs(holder, exe));
}

function runs({ executable, program }: Holder, exe: string): boolean {
  return exe.includes('/') ? executable === exe : program === exe;
}

/** Whether an expectation without selectors can only mean this process: its unit is called so. */
export function isNamed({ unit }: Holder, name: string): boolean {
  return unit === `${name}.service`;
}
