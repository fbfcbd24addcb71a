import { sql, type Kysely } from 'kysely';
import { StoreFault } from '../store-fault.ts';
import type { Tables } from '../tables.ts';
import { MIGRATIONS } from './migrations.ts';

/** Of the advisory lock: instances start at the same time. */
const LOCK = 7_620_000_002;

/** Brings the database to this version's schema, all or nothing. */
export async function migrate(database: Kysely<Tables>): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(transaction);
    await sql`create table if not exists portlight_schema (version bigint not null)`.execute(transaction);
    const { rows } = await sql<{ version: number }>`select version from portlight_schema`.execute(transaction);
    const version = rows[0]?.version ?? 0;
    if (version > MIGRATIONS.length) throw newerSchema(version);
    if (version === MIGRATIONS.length) return;
    for (const step of MIGRATIONS.slice(version)) await sql.raw(step).execute(transaction);
    await sql`delete from portlight_schema`.execute(transaction);
    await sql`insert into portlight_schema (version) values (${MIGRATIONS.length})`.execute(transaction);
  });
}

function newerSchema(version: number): StoreFault {
  const message = `its schema is ${version}, this version knows ${MIGRATIONS.length} at most: a newer portlight-server wrote it`;
  return new StoreFault('damaged', message, 'run that newer version, or give another database by --store');
}
