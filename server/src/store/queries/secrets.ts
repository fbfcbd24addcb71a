import type { Queries } from './rows.ts';

export async function saveToken(queries: Queries, host: string, tokenHash: string, at: number): Promise<void> {
  const changing = { token_hash: tokenHash, created_at: at };
  await queries
    .insertInto('tokens')
    .values({ host, ...changing })
    .onConflict((conflict) => conflict.column('host').doUpdateSet(changing))
    .execute();
}

export async function hostOfToken(queries: Queries, tokenHash: string): Promise<string | null> {
  const row = await queries.selectFrom('tokens').select('host').where('token_hash', '=', tokenHash).executeTakeFirst();
  return row?.host ?? null;
}

export async function tokenHashOf(queries: Queries, host: string): Promise<string | null> {
  const row = await queries.selectFrom('tokens').select('token_hash').where('host', '=', host).executeTakeFirst();
  return row?.token_hash ?? null;
}

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
