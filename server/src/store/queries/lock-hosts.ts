import { sql } from 'kysely';
import { isPostgres } from './bulk.ts';
import { hashOf } from './event-subjects.ts';
import type { Queries } from './rows.ts';

/**
 * Keeps other instances from these machines until the end of the transaction, known or not. In one order, so that no two wait
 * for each other. SQLite has one writer anyway.
 */
export async function lockHosts(queries: Queries, hostIds: readonly string[]): Promise<void> {
  if (!isPostgres(queries)) return;
  const keys = hostIds.map(hashOf).toSorted((a, b) => a - b);
  await sql`select pg_advisory_xact_lock(key) from unnest(${keys}::bigint[]) as key`.execute(queries);
}
