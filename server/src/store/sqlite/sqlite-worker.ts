/*
 * One connection to the file, on a thread of its own: neither a slow disk nor a long query holds up the answers. Tasks are done
 * in the order they come.
 */
import { chmodSync, existsSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { StoreFault } from '../store-fault.ts';
import { sqliteFault } from './fault.ts';
import { migrate } from './migrate.ts';
import type { Opening, Outcome, Task } from './sqlite-thread.ts';

/** How long a writer waits for another process that holds the file. */
const BUSY_TIMEOUT_MS = 1_000;
/** Kept prepared, as preparing costs more than running; texts are few. */
const STATEMENTS_KEPT = 200;

const statements = new Map<string, StatementSync>();

function open({ path, isReader }: Opening): DatabaseSync {
  const isNew = !existsSync(path);
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: false });
  try {
    if (isReader) {
      database.exec('PRAGMA query_only = ON; PRAGMA cache_size = -32768');
      return database;
    }
    // It holds tokens' hashes and what runs where: for the server's user only.
    if (isNew) chmodSync(path, 0o600);
    // Takes effect on a new file only: what removed days leave is given back to the disk.
    database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536');
    migrate(database);
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

function prepare(database: DatabaseSync, sql: string): StatementSync {
  const known = statements.get(sql);
  if (known) return known;
  if (statements.size >= STATEMENTS_KEPT) statements.clear();
  const statement = database.prepare(sql);
  statements.set(sql, statement);
  return statement;
}

function run(database: DatabaseSync, { sql, parameters, rows }: Task): Outcome {
  // A full disk ends a transaction by itself.
  if (sql === 'rollback' && !database.isTransaction) return { rows: [], changes: 0 };
  const statement = prepare(database, sql);
  if (rows) {
    let changes = 0;
    for (const row of rows) changes += Number(statement.run(...(row as SQLInputValue[])).changes);
    return { rows: [], changes };
  }
  const values = parameters as SQLInputValue[];
  if (statement.columns().length > 0) return { rows: statement.all(...values), changes: 0 };
  return { rows: [], changes: Number(statement.run(...values).changes) };
}

/** Errors lose what they are on their way to another thread. */
function attempt(work: () => Outcome): Outcome {
  try {
    return work();
  } catch (cause) {
    const fault = sqliteFault(cause);
    const { message } = fault as Error;
    const known = fault instanceof StoreFault ? { kind: fault.kind, remedy: fault.remedy } : null;
    return { rows: [], changes: 0, error: { message, known } };
  }
}

const port = parentPort;
if (!port) throw new Error('it runs as a worker only');
const opening = workerData as Opening;
let connection: DatabaseSync | null = null;

/** A reader's thread starts while the writer still makes the file: it looks for it when it is asked something. */
function connected(): DatabaseSync {
  connection ??= open(opening);
  return connection;
}

const opened = attempt(() => {
  if (!opening.isReader) connected();
  return { rows: [], changes: 0 };
});
port.postMessage(opened);
port.on('message', (task: Task | 'close') => {
  if (task === 'close') {
    connection?.close();
    port.close();
  } else {
    port.postMessage(attempt(() => run(connected(), task)));
  }
});
