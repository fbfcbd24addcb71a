/** Conditions of the rules: each names the code that keeps it, and what the code would be without it. */
import { OFF_PLACE } from './off-place.ts';
import { RESOURCES } from './resources.ts';
import { SERVICES } from './services.ts';
import { SOCKETS } from './sockets.ts';

export interface Condition {
  /** Of which the tests begin with this name. */
  readonly rule: string;
  /** When the rule has to be silent, or what it must not do. */
  readonly never: string;
  /** In src/findings, without its ending. */
  readonly file: string;
  /** Stands there once. */
  readonly code: string;
  readonly without: string;
}

export const CONDITIONS: readonly Condition[] = [...OFF_PLACE, ...SERVICES, ...SOCKETS, ...RESOURCES];

export function fileOf({ file }: Condition): URL {
  return new URL(`../src/findings/${file}.ts`, import.meta.url);
}

/** Throws when the code is not there, or more than once: then the list has to follow the rule. */
export function withoutIt({ rule, never, file, code, without }: Condition, source: string): string {
  const count = source.split(code).length - 1;
  if (count === 1) return source.replace(code, () => without);
  throw new Error(`${rule}: ${never}: expected once in ${file}.ts, found ${count} times: ${code}`);
}
