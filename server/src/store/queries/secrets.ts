import type { Queries } from './rows.ts';

export async function secret(queries: Queries, name: string, create: () => string): Promise<string> {
  const known = await readSecret(queries, name);
  if (known !== null) return known;
  const created = create();
  // Another instance may start at the same time: whoever came first made it.
  await queries
    .insertInto('secrets')
    .values({ name, secret: created })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (await readSecret(queries, name)) ?? created;
}

async function readSecret(queries: Queries, name: string): Promise<string | null> {
  const row = await queries.selectFrom('secrets').select('secret').where('name', '=', name).executeTakeFirst();
  return row?.secret ?? null;
}

/** Stands among the secrets, as a text by its name. */
const EVENTS_KEPT_SINCE = 'events-kept-since';

export async function eventsKeptSince(queries: Queries): Promise<number> {
  return Number((await readSecret(queries, EVENTS_KEPT_SINCE)) ?? 0);
}

export async function keepEventsSince(queries: Queries, at: number): Promise<void> {
  await replaceSecret(queries, EVENTS_KEPT_SINCE, String(at));
}

export async function replaceSecret(queries: Queries, name: string, text: string): Promise<void> {
  await queries
    .insertInto('secrets')
    .values({ name, secret: text })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ secret: text }))
    .execute();
}
