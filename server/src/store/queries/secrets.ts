import type { Queries } from './rows.ts';

export async function secret(queries: Queries, name: string, create: () => string): Promise<string> {
  const row = await queries.selectFrom('secrets').select('secret').where('name', '=', name).executeTakeFirst();
  if (row) return row.secret;
  const created = create();
  await replaceSecret(queries, name, created);
  return created;
}

export async function replaceSecret(queries: Queries, name: string, text: string): Promise<void> {
  await queries
    .insertInto('secrets')
    .values({ name, secret: text })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ secret: text }))
    .execute();
}
