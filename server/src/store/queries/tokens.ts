import { sql, type SqlBool } from 'kysely';
import type { EndedToken, HostToken, HostTokenFilter, HostTokenQuery, UsedHostToken } from '../access-store.ts';
import type { EndedTokensTable, TokensTable } from '../access-tables.ts';
import { isOneOf, removeRows, upsert, type RowShape } from './bulk.ts';
import type { Queries } from './rows.ts';

export async function hostTokens(queries: Queries, hostIds: readonly string[]): Promise<readonly UsedHostToken[]> {
  if (hostIds.length === 0) return [];
  const rows = await selectTokens(queries)
    .where(isOneOf(queries, sql`tokens.host`, hostIds))
    .execute();
  return rows.map(toToken);
}

export async function listHostTokens(
  queries: Queries,
  { after, limit, ...filter }: HostTokenQuery,
): Promise<readonly UsedHostToken[]> {
  const rows = await selectTokens(queries)
    .where(stateIs(filter))
    .$if(after !== null, (query) =>
      query.where(sql<SqlBool>`(tokens.name, tokens.host) > (${after?.name ?? ''}, ${after?.hostId ?? ''})`),
    )
    .orderBy('tokens.name')
    .orderBy('tokens.host')
    .limit(limit)
    .execute();
  return rows.map(toToken);
}

export async function countHostTokens(queries: Queries, filter: HostTokenFilter): Promise<number> {
  const row = await queries
    .selectFrom('tokens')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where(stateIs(filter))
    .executeTakeFirstOrThrow();
  return row.count;
}

function stateIs({ state, now }: HostTokenFilter) {
  switch (state) {
    case null:
      return sql<SqlBool>`1 = 1`;
    case 'valid':
      return sql<SqlBool>`tokens.revoked_at is null`;
    case 'revoked':
      return sql<SqlBool>`tokens.revoked_at is not null`;
    case 'waiting':
      return sql<SqlBool>`tokens.asked_at is not null and coalesce(tokens.approved_until, 0) <= ${now}`;
  }
}

function selectTokens(queries: Queries) {
  return queries
    .selectFrom('tokens')
    .leftJoin('seen', 'seen.host', 'tokens.host')
    .selectAll('tokens')
    .select('seen.at as seen_at');
}

function toToken(row: TokensTable & { readonly seen_at: number | null }): UsedHostToken {
  return {
    hostId: row.host,
    name: row.name,
    hash: row.token_hash,
    createdAt: row.created_at,
    createdFrom: row.created_from,
    revokedAt: row.revoked_at,
    askedAt: row.asked_at,
    askedFrom: row.asked_from,
    approvedUntil: row.approved_until,
    seenAt: row.seen_at,
  };
}

const TOKENS: RowShape<TokensTable> = {
  table: 'tokens',
  columns: {
    ...{ host: 'text', name: 'text', token_hash: 'text', created_at: 'bigint', created_from: 'text' },
    ...{ revoked_at: 'bigint', asked_at: 'bigint', asked_from: 'text', approved_until: 'bigint' },
  },
  key: ['host'],
};

const CHANGING = [
  ...(['name', 'token_hash', 'created_at', 'created_from'] as const),
  ...(['revoked_at', 'asked_at', 'asked_from', 'approved_until'] as const),
];

export async function saveHostTokens(queries: Queries, tokens: readonly HostToken[]): Promise<void> {
  await upsert(queries, TOKENS, tokens.map(toRow), CHANGING);
}

function toRow(token: HostToken): TokensTable {
  return {
    host: token.hostId,
    name: token.name,
    token_hash: token.hash,
    created_at: token.createdAt,
    created_from: token.createdFrom,
    revoked_at: token.revokedAt,
    asked_at: token.askedAt,
    asked_from: token.askedFrom,
    approved_until: token.approvedUntil,
  };
}

/** Machines that enrolled and were never heard of. */
export async function removeUnusedTokens(queries: Queries, createdBefore: number, atMost: number): Promise<number> {
  const unused = await queries
    .selectFrom('tokens')
    .leftJoin('seen', 'seen.host', 'tokens.host')
    .select('tokens.host')
    .where('tokens.created_at', '<', createdBefore)
    .where('seen.host', 'is', null)
    .limit(atMost)
    .execute();
  await removeRows(queries, TOKENS, unused);
  return unused.length;
}

const ENDED: RowShape<EndedTokensTable> = {
  table: 'ended_tokens',
  columns: { host: 'text', token_hash: 'text', at: 'bigint' },
  key: ['host', 'token_hash'],
};

export async function endTokens(queries: Queries, ended: readonly EndedToken[]): Promise<void> {
  const rows = ended.map(({ hostId, hash, at }) => ({ host: hostId, token_hash: hash ?? '', at }));
  await upsert(queries, ENDED, rows, ['at']);
}

export async function endedTokensSince(queries: Queries, at: number): Promise<readonly EndedToken[]> {
  const rows = await queries.selectFrom('ended_tokens').selectAll().where('at', '>=', at).orderBy('at').execute();
  return rows.map((row) => ({ hostId: row.host, hash: row.token_hash === '' ? null : row.token_hash, at: row.at }));
}

export async function removeEndedTokens(queries: Queries, before: number): Promise<void> {
  await queries.deleteFrom('ended_tokens').where('at', '<', before).execute();
}
