import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from 'kysely';
import { EachRow } from '../queries/bulk.ts';
import { sqliteFault } from './fault.ts';

/** Kysely over a connection on this very thread: for programs that do one thing and end. */
export function directDialect(database: DatabaseSync): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DirectDriver(database),
    createIntrospector: (queries: Kysely<unknown>) => new SqliteIntrospector(queries),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class DirectConnection implements DatabaseConnection {
  constructor(private readonly database: DatabaseSync) {}

  executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    return new Promise((resolve) => {
      resolve({ rows: this.run(sql, parameters) as Row[] });
    });
  }

  streamQuery(): never {
    throw new Error('rows are read in pages');
  }

  private run(sql: string, parameters: readonly unknown[]): readonly unknown[] {
    try {
      const statement = this.database.prepare(sql);
      const [first] = parameters;
      if (!(first instanceof EachRow)) return statement.all(...(parameters as SQLInputValue[]));
      for (const row of first.rows) statement.run(...(row as SQLInputValue[]));
      return [];
    } catch (cause) {
      throw sqliteFault(cause);
    }
  }
}

class DirectDriver implements Driver {
  private readonly connection: DirectConnection;

  constructor(private readonly database: DatabaseSync) {
    this.connection = new DirectConnection(database);
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(this.connection);
  }

  async beginTransaction(): Promise<void> {
    await this.say('begin');
  }

  async commitTransaction(): Promise<void> {
    await this.say('commit');
  }

  async rollbackTransaction(): Promise<void> {
    // Some faults have ended it already.
    if (this.database.isTransaction) await this.say('rollback');
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    if (this.database.isOpen) this.database.close();
    return Promise.resolve();
  }

  private async say(statement: string): Promise<void> {
    await this.connection.executeQuery(CompiledQuery.raw(statement));
  }
}
