import { sql, type SqlBool } from 'kysely';
import type { AuditFilter, AuditQuery, AuditRecord } from '../access-store.ts';
import type { AuditTable } from '../access-tables.ts';
import { upsert, type RowShape } from './bulk.ts';
import type { Queries } from './rows.ts';

const AUDIT: RowShape<AuditTable> = {
  table: 'audit',
  columns: {
    ...{ at: 'bigint', id: 'text', action: 'text', done_by: 'text', address: 'text', host: 'text', detail: 'text' },
  },
  key: ['at', 'id'],
};

export async function addAudit(queries: Queries, records: readonly AuditRecord[]): Promise<void> {
  await upsert(queries, AUDIT, records.map(toRow), []);
}

export async function listAudit(
  queries: Queries,
  { before, limit, ...filter }: AuditQuery,
): Promise<readonly AuditRecord[]> {
  const rows = await matching(queries, filter)
    .selectAll()
    .$if(before !== null, (query) => query.where(sql<SqlBool>`(at, id) < (${before?.at ?? 0}, ${before?.id ?? ''})`))
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toRecord);
}

export async function countAudit(queries: Queries, filter: AuditFilter): Promise<number> {
  const row = await matching(queries, filter)
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

function matching(queries: Queries, { action, hostId }: AuditFilter) {
  return queries
    .selectFrom('audit')
    .$if(action !== null, (query) => query.where('action', '=', action ?? ''))
    .$if(hostId !== null, (query) => query.where('host', '=', hostId ?? ''));
}

/** The oldest first. */
export async function removeAudit(queries: Queries, before: number, atMost: number): Promise<number> {
  const last = await queries
    .selectFrom('audit')
    .select('at')
    .where('at', '<', before)
    .orderBy('at')
    .orderBy('id')
    .offset(atMost - 1)
    .limit(1)
    .executeTakeFirst();
  const result = await queries
    .deleteFrom('audit')
    .where('at', '<', Math.min(before, last ? last.at + 1 : before))
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

function toRow({ at, id, action, by, address, hostId, detail }: AuditRecord): AuditTable {
  return { at, id, action, done_by: by, address, host: hostId, detail };
}

function toRecord({ at, id, action, done_by: by, address, host, detail }: AuditTable): AuditRecord {
  return { at, id, action, by, address, hostId: host, detail };
}
