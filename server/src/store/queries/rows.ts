import type { Transaction, Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** A connection or a transaction on it: a query does not care. */
export type Queries = Kysely<Tables> | Transaction<Tables>;

/** Rows of one INSERT: below every database's limit of parameters, and few enough texts to stay prepared. */
const BATCH_ROWS = 50;

export function batches<T>(rows: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(rows.length / BATCH_ROWS);
  return Array.from({ length: count }, (_, index) => rows.slice(index * BATCH_ROWS, (index + 1) * BATCH_ROWS));
}

export function toInstant(ms: number): string {
  return new Date(ms).toISOString();
}

export function toInstantOrNull(ms: number | null): string | null {
  return ms === null ? null : toInstant(ms);
}

export function toMs(instant: string): number {
  return Date.parse(instant);
}

export function toMsOrNull(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}
