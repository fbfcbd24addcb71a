import { CompiledQuery, PostgresAdapter, sql, type Expression, type RawBuilder, type SqlBool } from 'kysely';
import type { Queries } from './rows.ts';

export type ColumnType = 'text' | 'bigint';

/** A table as far as many of its rows are written at once. */
export interface RowShape<Row> {
  readonly table: string;
  readonly columns: Readonly<Record<keyof Row & string, ColumnType>>;
  readonly key: readonly (keyof Row & string)[];
}

/**
 * Rows for one statement that takes one of them: the only parameter of a query. A connection that knows it runs the statement
 * once for each row, with a single message to the thread it lives on.
 */
export class EachRow {
  constructor(readonly rows: readonly (readonly unknown[])[]) {}
}

/** Writes rows, no two of the same key. Where one of a key exists already, `changing` columns become the new ones. */
export async function upsert<Row extends object>(
  queries: Queries,
  shape: RowShape<Row>,
  rows: readonly Row[],
  changing: readonly (keyof Row & string)[],
): Promise<void> {
  const { table, key } = shape;
  const names = namesOf(shape);
  const conflict = changing.map((name) => `${name} = excluded.${name}`).join(', ');
  const action = changing.length === 0 ? 'nothing' : `update set ${conflict}`;
  const insertion = (source: string): string =>
    `insert into ${table} (${names.join(', ')}) ${source} on conflict (${key.join(', ')}) do ${action}`;
  await runEach(queries, {
    ...{ shape, names, rows },
    each: insertion(`values (${names.map(() => '?').join(', ')})`),
    atOnce: (source) => insertion(`select * from ${source}`),
  });
}

/** Removes the rows of these keys. */
export async function removeRows<Row extends object>(
  queries: Queries,
  shape: RowShape<Row>,
  rows: readonly Partial<Row>[],
): Promise<void> {
  const { table, key } = shape;
  await runEach(queries, {
    ...{ shape, names: key, rows },
    each: `delete from ${table} where ${key.map((name) => `${name} = ?`).join(' and ')}`,
    atOnce: (source) =>
      `delete from ${table} using ${source} where ${key.map((name) => `${table}.${name} = fresh.${name}`).join(' and ')}`,
  });
}

interface Statements<Row> {
  readonly shape: RowShape<Row>;
  readonly names: readonly (keyof Row & string)[];
  readonly rows: readonly Partial<Row>[];
  /** For one row. */
  readonly each: string;
  /** For all of them, out of `fresh`. */
  readonly atOnce: (source: string) => string;
}

async function runEach<Row>(queries: Queries, { shape, names, rows, each, atOnce }: Statements<Row>): Promise<void> {
  if (rows.length === 0) return;
  if (!isPostgres(queries)) {
    const values = rows.map((row) => names.map((name) => row[name]));
    await queries.executeQuery(CompiledQuery.raw(each, [new EachRow(values)]));
    return;
  }
  const arrays = names.map((name, index) => `$${index + 1}::${shape.columns[name]}[]`);
  const source = `unnest(${arrays.join(', ')}) as fresh (${names.join(', ')})`;
  const columns = names.map((name) => rows.map((row) => row[name]));
  await queries.executeQuery(CompiledQuery.raw(atOnce(source), columns));
}

function namesOf<Row>({ columns }: RowShape<Row>): readonly (keyof Row & string)[] {
  return Object.keys(columns) as (keyof Row & string)[];
}

/** Whether a column has one of these values; one text for any number of them. */
export function isOneOf(
  queries: Queries,
  column: RawBuilder<unknown>,
  values: readonly (string | number)[],
): Expression<SqlBool> {
  if (!isPostgres(queries)) return sql<SqlBool>`${column} in (select value from json_each(${JSON.stringify(values)}))`;
  const type = sql.raw(typeof values[0] === 'number' ? 'bigint[]' : 'text[]');
  return sql<SqlBool>`${column} = any(${values}::${type})`;
}

export function isPostgres(queries: Queries): boolean {
  return queries.getExecutor().adapter instanceof PostgresAdapter;
}
