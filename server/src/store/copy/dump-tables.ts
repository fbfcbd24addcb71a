import { sql } from 'kysely';
import { dayTable, eventDays } from '../queries/event-days.ts';
import type { Queries } from '../queries/rows.ts';
import { KEPT_EVENTS, KEPT_TABLES, type KeptTable } from './kept-tables.ts';
import type { TableRows, Value } from './table-rows.ts';

const ROWS_AT_ONCE = 1_000;

/** A table of the store at hand. */
export interface NamedTable extends KeptTable<Readonly<Record<string, unknown>>> {
  readonly table: string;
}

/** All that are copied, days of events last: in the order in which they can be filled. */
async function keptTables(queries: Queries): Promise<readonly NamedTable[]> {
  const days = (await eventDays(queries)).map(({ day }) => ({ table: dayTable(day), ...KEPT_EVENTS }));
  return [...fixedTables(), ...days.toReversed()];
}

export function fixedTables(): readonly NamedTable[] {
  return Object.entries(KEPT_TABLES).flatMap(([table, kept]) => (kept ? [{ table, ...kept }] : []));
}

/** Number of rows by table. */
export async function countRows(queries: Queries): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { table } of await keptTables(queries)) counts.set(table, await countOf(queries, table));
  return counts;
}

export async function countOf(queries: Queries, table: string): Promise<number> {
  const { rows } = await sql<{ readonly rows: number }>`select count(*) as rows from ${sql.table(table)}`.execute(
    queries,
  );
  return rows[0]?.rows ?? 0;
}

/** Every row, a thousand at once. In one transaction, so that all of them are of one moment. */
export async function* dumpTables(queries: Queries): AsyncGenerator<TableRows> {
  for (const named of await keptTables(queries)) yield* dumpTable(queries, named);
}

async function* dumpTable(queries: Queries, named: NamedTable): AsyncGenerator<TableRows> {
  const { table } = named;
  const columns = Object.keys(named.columns);
  const keys = named.key.map((name) => columns.indexOf(name));
  let after: readonly Value[] | null = null;
  for (;;) {
    const rows = await page(queries, named, after);
    if (rows.length === 0) return;
    yield { table, columns, rows };
    const last: readonly Value[] = rows.at(-1) ?? [];
    after = keys.map((index) => last[index] ?? null);
  }
}

/** The rows whose keys follow that one. */
async function page(
  queries: Queries,
  { table, columns, key }: NamedTable,
  after: readonly Value[] | null,
): Promise<readonly (readonly Value[])[]> {
  const names = Object.keys(columns);
  const keys = sql.join(key.map((name) => sql.ref(name)));
  const following = after ? sql`where (${keys}) > (${sql.join(after)})` : sql``;
  const { rows } = await sql<Readonly<Record<string, Value>>>`
    select ${sql.join(names.map((name) => sql.ref(name)))} from ${sql.table(table)} ${following}
    order by ${keys} limit ${ROWS_AT_ONCE}`.execute(queries);
  return rows.map((row) => names.map((name) => row[name] ?? null));
}
