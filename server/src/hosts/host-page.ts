import { cursorParts, toCursor } from '../page-cursor.ts';
import { Refusal } from '../refusal.ts';
import { HOST_SORTS, type HostQuery, type HostSort, type SeenHost } from '../store/store.ts';
import { parseHostFilters } from './host-filters.ts';

/** Machines on one page. */
const HOSTS_PER_PAGE = 200;

/** What `?q=&sort=&cursor=` may say. */
export interface HostsAsked {
  readonly q?: unknown;
  readonly sort?: unknown;
  readonly cursor?: unknown;
}

export function parseHostQuery({ q = '', sort = 'name', cursor }: HostsAsked): HostQuery {
  const order = parseSort(sort);
  const after = cursor === undefined ? null : parseCursor(cursor, order.sort);
  return { filters: parseHostFilters(q), ...order, after, limit: HOSTS_PER_PAGE };
}

function parseSort(sort: unknown): Pick<HostQuery, 'sort' | 'isDescending'> {
  const isDescending = typeof sort === 'string' && sort.startsWith('-');
  const name = isDescending ? sort.slice(1) : sort;
  const known = HOST_SORTS.find((candidate) => candidate === name);
  if (known) return { sort: known, isDescending };
  throw new Refusal(
    400,
    'bad-sort',
    `sort: expected one of ${HOST_SORTS.join(', ')}, each with - in front to turn it round`,
  );
}

type After = NonNullable<HostQuery['after']>;

function parseCursor(cursor: unknown, sort: HostSort): After {
  const [of, value, id] = cursorParts(cursor) ?? [];
  if (of === sort && value !== undefined && typeof id === 'string') return { value, id };
  throw new Refusal(400, 'bad-cursor', 'cursor: expected nextCursor of an answer with the same sort', {
    hint: 'start without cursor',
  });
}

/** Where the next page begins; null after the last one. */
export function nextCursor(page: readonly SeenHost[], { sort, limit }: HostQuery): string | null {
  const last = page.at(-1);
  if (page.length < limit || !last) return null;
  return toCursor([sort, sortValue(last, sort), last.host.host.id]);
}

function sortValue({ host, seen }: SeenHost, sort: HostSort): string | number {
  const { counts } = host;
  switch (sort) {
    case 'name':
      return host.host.name;
    case 'group':
      return host.group;
    case 'lastSeenAt':
      return seen?.at ?? 0;
    case 'listeners':
      return counts.listeners;
    case 'exposed':
      return counts.public + counts.any;
    case 'unattributed':
      return counts.unattributed;
    case 'openFindings':
      return counts.critical + counts.warning + counts.notice;
  }
}
