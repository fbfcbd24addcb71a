import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { isPostgres, upsert } from '../queries/bulk.ts';
import { addDays } from '../queries/event-days.ts';
import type { Queries } from '../queries/rows.ts';
import { countOf, fixedTables, type NamedTable } from './dump-tables.ts';
import { KEPT_EVENTS } from './kept-tables.ts';
import type { TableRows, Value } from './table-rows.ts';

/** Of a store's own making, from its first start on. */
const MADE_AT_START: readonly string[] = ['secrets', 'handed_revision', 'changes'];

/** What cannot be filled in, and why. */
export class CopyFault extends Error {}

/** Tables that have rows already and must not. */
export async function filledTables(queries: Queries): Promise<readonly string[]> {
  const filled: string[] = [];
  for (const { table } of fixedTables()) {
    if (!MADE_AT_START.includes(table) && (await countOf(queries, table)) > 0) filled.push(table);
  }
  return filled;
}

/** Fills the tables of a store without any. In one transaction: all of them or none. */
export async function loadTables(
  queries: Queries,
  parts: AsyncIterable<TableRows>,
  onRows: (rows: number) => void,
): Promise<void> {
  for (const table of MADE_AT_START) await sql`delete from ${sql.table(table)}`.execute(queries);
  let loaded = 0;
  for await (const part of parts) {
    await loadPart(queries, part);
    loaded += part.rows.length;
    onRows(loaded);
  }
  if (isPostgres(queries)) await continueNumbers(queries);
}

/** SQLite takes the next number by itself. */
async function continueNumbers(queries: Queries): Promise<void> {
  await sql`select setval('host_number', (select coalesce(max(number), 0) + 1 from host_numbers), false)`.execute(
    queries,
  );
}

async function loadPart(queries: Queries, part: TableRows): Promise<void> {
  const named = tableOf(part);
  const rows = rowsOf(part);
  if (named.table === 'event_days') {
    const days = rows.map(({ day, strays }) => ({ day: Number(day), hasStrays: strays === 1 }));
    await addDays(queries, days);
  } else {
    await upsert(queries, named, rows, []);
  }
}

/** The table a part belongs to. Names come out of a file: only known ones get into a statement. */
function tableOf({ table, columns }: TableRows): NamedTable {
  const kept = isDayTable(table) ? { table, ...KEPT_EVENTS } : fixedTables().find((known) => known.table === table);
  if (!kept) throw new CopyFault(`there is no table ${JSON.stringify(table)}`);
  const known = Object.keys(kept.columns);
  if (isDeepStrictEqual(new Set(known), new Set(columns))) return kept;
  throw new CopyFault(`table ${table} has the columns ${known.join(', ')} and no others`);
}

function rowsOf({ table, columns, rows }: TableRows): readonly Readonly<Record<string, Value>>[] {
  const isOfDay = isDayTable(table);
  return rows.map((row) => {
    const fields = Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null]));
    return isOfDay ? { ...fields, inode: shortInode(fields.inode ?? null) } : fields;
  });
}

/** PostgreSQL gives as text what SQLite keeps as a number. */
function shortInode(inode: Value): Value {
  return typeof inode === 'string' && /^[1-9]\d{0,14}$/.test(inode) ? Number(inode) : inode;
}

function isDayTable(table: string): boolean {
  return /^events_(0|[1-9]\d{0,6})$/.test(table);
}
