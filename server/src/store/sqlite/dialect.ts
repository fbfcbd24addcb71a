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
import { SqliteThread } from './sqlite-thread.ts';

/** Kysely over connections that live on threads of their own. A writer takes its lock when it begins. */
export function threadDialect(threads: ThreadPool, begin: 'begin' | 'begin immediate'): Dialect {
  return {
    createAdapter: () => new ThreadAdapter(),
    createDriver: () => new ThreadDriver(threads, begin),
    createIntrospector: (database: Kysely<unknown>) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** The pool is the queue: Kysely's own lock for a single connection wakes everyone who waits each time it is given back. */
class ThreadAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Connections, each for one user at a time; made as they are needed. */
export class ThreadPool {
  private readonly all: SqliteThread[];
  private readonly idle: SqliteThread[];
  private readonly waiting: ((thread: SqliteThread) => void)[] = [];

  constructor(
    private readonly create: () => SqliteThread,
    private readonly size: number,
    /** Those that are there already. */
    first: readonly SqliteThread[],
  ) {
    this.all = [...first];
    this.idle = [...first];
  }

  async acquire(): Promise<SqliteThread> {
    const thread = this.idle.pop() ?? this.grow();
    return thread ?? (await new Promise((resolve) => this.waiting.push(resolve)));
  }

  release(thread: SqliteThread): void {
    const next = this.waiting.shift();
    if (next) next(thread);
    else this.idle.push(thread);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((thread) => thread.close()));
  }

  private grow(): SqliteThread | null {
    if (this.all.length >= this.size) return null;
    const thread = this.create();
    this.all.push(thread);
    return thread;
  }
}

class ThreadConnection implements DatabaseConnection {
  constructor(readonly thread: SqliteThread) {}

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const [first] = parameters;
    const rows = first instanceof EachRow ? first.rows : null;
    const outcome = await this.thread.run({ sql, parameters: rows ? [] : parameters, rows });
    return { rows: outcome.rows as Row[], numAffectedRows: BigInt(outcome.changes) };
  }

  streamQuery(): never {
    throw new Error('rows are read in pages');
  }
}

class ThreadDriver implements Driver {
  constructor(
    private readonly threads: ThreadPool,
    private readonly begin: string,
  ) {}

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new ThreadConnection(await this.threads.acquire());
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(this.begin));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (connection instanceof ThreadConnection) this.threads.release(connection.thread);
    return Promise.resolve();
  }

  async destroy(): Promise<void> {
    await this.threads.close();
  }
}
