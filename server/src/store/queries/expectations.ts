import type { ExpectationsDocument } from '../../views.ts';
import type { KeptExpectations, KeptRevision } from '../expectation-store.ts';
import { toInstant, type Queries } from './rows.ts';

export async function readExpectations(queries: Queries, revision?: number): Promise<KeptExpectations | null> {
  const row = await queries
    .selectFrom('expectations')
    .selectAll()
    .$if(revision !== undefined, (query) => query.where('revision', '=', revision ?? 0))
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  const document = JSON.parse(row.document) as ExpectationsDocument;
  return { revision: row.revision, at: row.at, by: row.changed_by, document };
}

export async function expectationRevisions(
  queries: Queries,
  before: number | null,
  limit: number,
): Promise<readonly KeptRevision[]> {
  const rows = await queries
    .selectFrom('expectations')
    .select(['revision', 'at', 'changed_by', 'services'])
    .$if(before !== null, (query) => query.where('revision', '<', before))
    .orderBy('revision', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ revision, at, changed_by: by, services }) => ({ revision, at: toInstant(at), by, services }));
}

export async function countExpectationRevisions(queries: Queries): Promise<number> {
  const row = await queries
    .selectFrom('expectations')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Older ones are removed. */
const REVISIONS_KEPT = 1_000;

/** The newest is never removed, so it tells the next. */
export async function addExpectations(
  queries: Queries,
  { at, by, document }: Omit<KeptExpectations, 'revision'>,
): Promise<number> {
  const newest = await readExpectations(queries);
  const revision = (newest?.revision ?? 0) + 1;
  const services = document.services.length;
  await queries
    .insertInto('expectations')
    .values({ revision, at, changed_by: by, services, document: JSON.stringify(document) })
    .execute();
  await queries
    .deleteFrom('expectations')
    .where('revision', '<=', revision - REVISIONS_KEPT)
    .execute();
  return revision;
}

export async function handedRevision(queries: Queries): Promise<number> {
  const { revision } = await queries.selectFrom('handed_revision').select('revision').executeTakeFirstOrThrow();
  return revision;
}

export async function bumpHandedRevision(queries: Queries): Promise<void> {
  await queries
    .updateTable('handed_revision')
    .set((update) => ({ revision: update('revision', '+', 1) }))
    .execute();
}
