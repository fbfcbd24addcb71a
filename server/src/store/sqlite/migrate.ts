import type { DatabaseSync } from 'node:sqlite';
import { StoreFault } from '../store-fault.ts';
import { MIGRATIONS } from './migrations.ts';

/** `PLIT`: tells our file from another program's. */
const APPLICATION_ID = 0x504c4954;

/** Brings the file to this version's schema, all or nothing. */
export function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = schemaVersion(database);
    for (const step of MIGRATIONS.slice(version)) {
      if (typeof step === 'string') database.exec(step);
      else step(database);
    }
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}; PRAGMA application_id = ${APPLICATION_ID}; COMMIT`);
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw cause;
  }
}

/** Of the file; throws when it is not ours or a newer version wrote it. */
export function schemaVersion(database: DatabaseSync): number {
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  if (application !== APPLICATION_ID && (application !== 0 || hasTables(database))) {
    throw new StoreFault('damaged', 'it belongs to another program', 'give another file by --store sqlite:PATH');
  }
  if (version <= MIGRATIONS.length) return version;
  const message = `its schema is ${version}, this version knows ${MIGRATIONS.length} at most: a newer portlight-server wrote it`;
  throw new StoreFault('damaged', message, 'run that newer version, or give another file by --store sqlite:PATH');
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function hasTables(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined;
}
