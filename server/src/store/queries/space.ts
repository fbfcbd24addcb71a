import { CompiledQuery, sql } from 'kysely';
import type { Space } from '../space-store.ts';
import { EachRow, isPostgres } from './bulk.ts';
import { DAY_MS, dropDays, eventDays } from './event-days.ts';
import { toInstant, type Queries } from './rows.ts';
import { keepEventsSince } from './secrets.ts';

/** 8 MB in pages of 4 kB: some 50 ms. */
const PAGES_AT_ONCE = 2_000;

export async function space(queries: Queries): Promise<Space> {
  // A database gives back what it drops by itself.
  const query = isPostgres(queries)
    ? sql<Space>`select pg_database_size(current_database()) as used, 0 as free`
    : sql<Space>`
      select (page_count - freelist_count) * page_size as used, freelist_count * page_size as free
      from pragma_page_count, pragma_freelist_count, pragma_page_size`;
  const { rows } = await query.execute(queries);
  return rows[0] ?? { used: 0, free: 0 };
}

export async function dropOldestDay(queries: Queries): Promise<string | null> {
  const days = (await eventDays(queries)).map(({ day }) => day).toSorted((a, b) => a - b);
  const [oldest, next] = days;
  if (oldest === undefined || next === undefined) return null;
  await dropDays(queries, next);
  await keepEventsSince(queries, next * DAY_MS);
  await queries.deleteFrom('event_subjects').where('used_day', '<', next).execute();
  return toInstant(oldest * DAY_MS).slice(0, 10);
}

export async function giveBack(queries: Queries): Promise<void> {
  if (isPostgres(queries)) return;
  // Each run of it gives back as many pages as it is stepped, which is one.
  const pages = Array.from({ length: PAGES_AT_ONCE }, () => []);
  await queries.executeQuery(CompiledQuery.raw('pragma incremental_vacuum(1)', [new EachRow(pages)]));
}
