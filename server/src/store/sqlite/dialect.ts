import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely';
import { sqliteFault } from './fault.ts';

/** Kept prepared, as preparing costs more than running. Texts are few: rows are written in batches of few sizes. */
const STATEMENTS_KEPT = 200;

/** Kysely's SQLite dialect over node:sqlite. */
export function nodeSqliteDialect(database: DatabaseSync): SqliteDialect {
  const statements = new Map<string, SqliteStatement>();
  const prepare = (sql: string): SqliteStatement => {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= STATEMENTS_KEPT) statements.clear();
    const statement = adapt(orFault(() => database.prepare(sql)));
    statements.set(sql, statement);
    return statement;
  };
  const close = (): void => {
    database.close();
  };
  const adapter: SqliteDatabase = { prepare, close };
  return new SqliteDialect({ database: adapter });
}

function adapt(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => orFault(() => statement.all(...(parameters as SQLInputValue[]))),
    run: (parameters) => orFault(() => statement.run(...(parameters as SQLInputValue[]))),
    iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
  };
}

function orFault<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw sqliteFault(cause);
  }
}
