import { FINDING_KINDS, type FindingKind } from '@portlight/agent/contract';
import { parseHostFilters } from '../hosts/host-filters.ts';
import { cursorParts, toCursor } from '../page-cursor.ts';
import { Refusal } from '../refusal.ts';
import type { FindingGroup, FindingGroupPlace, FindingQuery } from '../store/finding-store.ts';
import type { FindingState } from '../views.ts';

/** Groups on one page, unless fewer are asked for. */
const GROUPS_PER_PAGE = 200;

/** What `?q=&state=&kind=&cursor=&limit=` may say. */
export interface FindingsAsked {
  readonly q?: unknown;
  readonly state?: unknown;
  readonly kind?: unknown;
  readonly cursor?: unknown;
  readonly limit?: unknown;
}

export function parseFindingQuery({ q = '', state = 'open', kind, cursor, limit }: FindingsAsked): FindingQuery {
  const parsedState = parseState(state);
  return {
    filters: parseHostFilters(q),
    isOpen: parsedState === 'open',
    kind: kind === undefined ? null : parseKind(kind),
    after: cursor === undefined ? null : parseCursor(cursor, parsedState),
    limit: limit === undefined ? GROUPS_PER_PAGE : parseLimit(limit),
  };
}

function parseState(state: unknown): FindingState {
  if (state === 'open' || state === 'closed') return state;
  throw new Refusal(400, 'bad-state', `state: expected open or closed, got ${shown(state)}`);
}

function parseKind(kind: unknown): FindingKind {
  const known = FINDING_KINDS.find((candidate) => candidate === kind);
  if (known) return known;
  throw new Refusal(400, 'bad-kind', `kind: expected one of ${FINDING_KINDS.join(', ')}, got ${shown(kind)}`);
}

function parseLimit(limit: unknown): number {
  const number = typeof limit === 'string' && /^\d{1,3}$/.test(limit) ? Number(limit) : 0;
  if (number >= 1 && number <= GROUPS_PER_PAGE) return number;
  throw new Refusal(
    400,
    'bad-limit',
    `limit: expected a whole number from 1 to ${GROUPS_PER_PAGE}, got ${shown(limit)}`,
  );
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 100);
}

function parseCursor(cursor: unknown, state: FindingState): FindingGroupPlace {
  const [of, severity, machines, since, id] = cursorParts(cursor) ?? [];
  const areNumbers = typeof severity === 'number' && typeof machines === 'number' && typeof since === 'number';
  if (of === state && areNumbers && typeof id === 'string') return { severity, machines, since, id };
  throw new Refusal(400, 'bad-cursor', 'cursor: expected nextCursor of an answer with the same state', {
    hint: 'start without cursor',
  });
}

/** Where the next page begins; null after the last one. */
export function nextCursor(page: readonly FindingGroup[], { isOpen, limit }: FindingQuery): string | null {
  const last = page.at(-1);
  if (page.length < limit || !last) return null;
  const { severity, machines, since, id } = last.place;
  const state: FindingState = isOpen ? 'open' : 'closed';
  return toCursor([state, severity, machines, since, id]);
}
