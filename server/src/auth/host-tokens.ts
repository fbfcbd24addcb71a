import { auditRecord, type Actor } from '../audit/audit-record.ts';
import { hostIdNamed } from '../hosts/host-id.ts';
import { cursorParts, toCursor } from '../page-cursor.ts';
import { Refusal } from '../refusal.ts';
import { stamp } from '../stamp.ts';
import {
  HOST_TOKEN_STATES,
  type HostToken,
  type HostTokenQuery,
  type HostTokenState,
  type UsedHostToken,
} from '../store/access-store.ts';
import type { Store, StoreWriter } from '../store/store.ts';
import type { AuditAction, HostTokenAnswer, HostTokenView, Page } from '../views.ts';
import type { TokenBook } from '../ingest/token-book.ts';

const TOKENS_PER_PAGE = 200;
/** How long a machine has to come for the token that was approved: it asks each minute. */
const APPROVED_FOR_MS = 3_600_000;

/** What `?state=&cursor=` may say. */
export interface TokensAsked {
  readonly state?: unknown;
  readonly cursor?: unknown;
}

/** What is done to a machine's token. */
interface Step {
  readonly action: AuditAction;
  readonly detail: string;
  /** Null: it is so already. */
  readonly after: HostToken | null;
}

/** The tokens of machines, for administrators. */
export class HostTokens {
  constructor(
    private readonly store: Store,
    private readonly book: TokenBook,
    private readonly now: () => number,
  ) {}

  async list(asked: TokensAsked): Promise<Page<HostTokenView>> {
    const query = parseQuery(asked, this.now());
    const tokens = await this.store.reader.listHostTokens(query);
    const total = await this.store.reader.countHostTokens(query);
    const last = tokens.at(-1);
    const hasMore = last !== undefined && tokens.length === query.limit;
    const nextCursor = hasMore ? toCursor([last.name, last.hostId]) : null;
    return { items: tokens.map(toView), nextCursor, total, ...stamp(this.now()) };
  }

  /** No longer good, on any instance, and another one only with an admin's approval. */
  async revoke(nameOrId: string, actor: Actor): Promise<HostTokenAnswer> {
    const at = this.now();
    return await this.change(nameOrId, actor, (token) => {
      const after = { ...token, revokedAt: at, approvedUntil: null };
      return { action: 'token-revoked', detail: token.name, after: token.revokedAt === null ? after : null };
    });
  }

  /** The machine may enrol once more without showing its token. */
  async approve(nameOrId: string, actor: Actor): Promise<HostTokenAnswer> {
    const approvedUntil = this.now() + APPROVED_FOR_MS;
    return await this.change(nameOrId, actor, (token) => {
      const asked = token.askedFrom === null ? 'it has not asked yet' : `it asked from ${token.askedFrom}`;
      return { action: 'token-approved', detail: `${token.name}; ${asked}`, after: { ...token, approvedUntil } };
    });
  }

  private async change(
    nameOrId: string,
    actor: Actor,
    stepOf: (token: UsedHostToken) => Step,
  ): Promise<HostTokenAnswer> {
    const hostId = await this.idOf(nameOrId);
    const after = await this.store.commit((writer) => this.take(writer, hostId, actor, stepOf));
    if (after.revokedAt !== null) this.book.forget([hostId]);
    return { ...toView(after), ...stamp(this.now()) };
  }

  private async take(
    writer: StoreWriter,
    hostId: string,
    actor: Actor,
    stepOf: (token: UsedHostToken) => Step,
  ): Promise<UsedHostToken> {
    const [before] = await writer.hostTokens([hostId]);
    if (!before) throw noToken(hostId);
    const { action, detail, after } = stepOf(before);
    if (!after) return before;
    const at = this.now();
    await writer.saveHostTokens([after]);
    if (after.revokedAt !== null) await writer.endTokens([{ hostId, hash: after.hash, at }]);
    await writer.addAudit([auditRecord({ at, action, ...actor, hostId, detail })]);
    return { ...after, seenAt: before.seenAt };
  }

  private async idOf(nameOrId: string): Promise<string> {
    const [token] = await this.store.reader.hostTokens([nameOrId]);
    return token?.hostId ?? (await hostIdNamed(this.store.reader, nameOrId));
  }
}

function toView(token: UsedHostToken): HostTokenView {
  const { hostId, name, createdAt, createdFrom, revokedAt, askedAt, askedFrom, approvedUntil, seenAt } = token;
  const isUsed = seenAt !== null && seenAt >= createdAt;
  return {
    hostId,
    name,
    state: revokedAt === null ? 'valid' : 'revoked',
    createdAt: toInstant(createdAt),
    createdFrom,
    lastUsedOn: isUsed ? toInstant(seenAt).slice(0, 10) : null,
    revokedAt: revokedAt === null ? null : toInstant(revokedAt),
    asked: askedAt === null ? null : { at: toInstant(askedAt), from: askedFrom ?? 'unknown' },
    approvedUntil: approvedUntil === null ? null : toInstant(approvedUntil),
  };
}

function toInstant(ms: number): string {
  return new Date(ms).toISOString();
}

function noToken(hostId: string): Refusal {
  return new Refusal(404, 'no-token', `the machine ${hostId} has no token`, {
    hint: 'it gets one when it enrols; GET /api/v1/tokens lists those that have one',
  });
}

function parseQuery({ state, cursor }: TokensAsked, now: number): HostTokenQuery {
  return {
    state: state === undefined ? null : parseState(state),
    after: cursor === undefined ? null : parseCursor(cursor),
    limit: TOKENS_PER_PAGE,
    now,
  };
}

function parseState(state: unknown): HostTokenState {
  const known = HOST_TOKEN_STATES.find((one) => one === state);
  if (known !== undefined) return known;
  throw new Refusal(400, 'bad-state', `state: expected one of ${HOST_TOKEN_STATES.join(', ')}`);
}

function parseCursor(cursor: unknown): NonNullable<HostTokenQuery['after']> {
  const [name, hostId] = cursorParts(cursor) ?? [];
  if (typeof name === 'string' && typeof hostId === 'string') return { name, hostId };
  throw new Refusal(400, 'bad-cursor', 'cursor: expected nextCursor of an answer', { hint: 'start without cursor' });
}
