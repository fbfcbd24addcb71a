import type { FindingState } from '@portlight/server/views';
import type { Zone } from './format/time.ts';

/** The stretch of time a machine's page shows: up to now, or between two fixed moments. */
export type Range =
  | { readonly kind: 'last'; readonly length: RangeLength }
  | { readonly kind: 'between'; readonly from: string; readonly to: string };

export const RANGE_LENGTHS = ['15m', '45m', '6h', '24h', '7d'] as const;
export type RangeLength = (typeof RANGE_LENGTHS)[number];

export const HOST_SORTS = ['name', 'group', '-lastSeenAt', '-listeners', '-exposed', '-unattributed'] as const;
export type HostSort = (typeof HOST_SORTS)[number];

const PORT_FILTERS = ['all', 'findings', 'exposed'] as const;
export type PortFilter = (typeof PORT_FILTERS)[number];

export const FINDING_STATES: readonly FindingState[] = ['open', 'closed'];

export interface HostListView {
  readonly q: string;
  readonly sort: HostSort;
  readonly cursor: string | null;
}

export interface MachineView {
  readonly range: Range;
  readonly ports: PortFilter;
  readonly sel: string | null;
}

export interface FindingListView {
  readonly q: string;
  readonly state: FindingState;
  readonly cursor: string | null;
}

/** `sel` is the finding, or group of findings, shown in full; null: none is chosen. */
export type Route =
  | { readonly page: 'fleet'; readonly view: 'map' | 'list'; readonly list: HostListView; readonly sel: string | null }
  | { readonly page: 'findings'; readonly list: FindingListView; readonly sel: string | null }
  | { readonly page: 'machines'; readonly list: HostListView }
  | { readonly page: 'machine'; readonly host: string; readonly view: MachineView }
  | { readonly page: 'expectations' }
  | { readonly page: 'unknown'; readonly path: string };

/** All that a URL says about what is on screen. */
export interface Place {
  readonly route: Route;
  readonly zone: Zone;
  /** Sentences about values that were not understood and fell back. */
  readonly notices: readonly string[];
}

/** `href` is a path with its query. */
export function placeOf(href: string): Place {
  const url = urlOf(href);
  const query = new Query(url.searchParams);
  const route = routeOf(url.pathname, query);
  const zone = query.oneOf('tz', ['utc', 'local'], 'utc');
  return { route, zone, notices: query.notices };
}

/** The same address with some keys set, or left out where null; unknown keys stay. */
export function hrefWith(href: string, changes: Readonly<Record<string, string | null>>): string {
  const url = urlOf(href);
  const search = new URLSearchParams(url.search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === '') search.delete(key);
    else search.set(key, value);
  }
  return search.size === 0 ? url.pathname : `${url.pathname}?${search}`;
}

/** The same address with that finding chosen; an address of one finding becomes the Fleet page's. */
export function hrefWithFinding(href: string, sel: string | null): string {
  return hrefWith(href.replace(/^\/findings\/[^?]*/, FLEET_HREF), { sel });
}

export const FLEET_HREF = '/';
export const FINDINGS_HREF = '/findings';
export const MACHINES_HREF = '/hosts';
export const EXPECTATIONS_HREF = '/settings/expectations';

export function machineHref(host: string, zone: Zone): string {
  return withZone(`${MACHINES_HREF}/${encodeURIComponent(host)}`, zone);
}

/** The machines of one group. */
export function groupHref(group: string, zone: Zone): string {
  return withZone(`${MACHINES_HREF}?${new URLSearchParams({ q: groupTerm(group) })}`, zone);
}

/** Keeps the zone, which belongs to the reader and not to a page. */
export function withZone(href: string, zone: Zone): string {
  if (zone === 'utc') return href;
  return `${href}${href.includes('?') ? '&' : '?'}tz=${zone}`;
}

/** The origin plays no part; a path may not begin with two slashes, which would be another host. */
function urlOf(href: string): URL {
  return new URL(href.replace(/^\/{2,}/, '/'), 'http://page');
}

/** In a search blanks part terms and commas alternatives; `*` stands for either. */
function groupTerm(group: string): string {
  return `group:${group.replace(/[\s,]+/g, '*')}`;
}

function routeOf(path: string, query: Query): Route {
  const sel = query.text('sel');
  const finding = nameIn(FINDINGS_HREF, path);
  if (path === FLEET_HREF || finding !== null)
    return {
      page: 'fleet',
      view: query.oneOf('view', ['map', 'list'], 'map'),
      list: listOf(query),
      sel: finding ?? sel,
    };
  if (isList(path, FINDINGS_HREF)) return { page: 'findings', list: findingListOf(query), sel };
  if (isList(path, MACHINES_HREF)) return { page: 'machines', list: listOf(query) };
  if (isList(path, EXPECTATIONS_HREF)) return { page: 'expectations' };
  const host = nameIn(MACHINES_HREF, path);
  if (host === null) return { page: 'unknown', path };
  const view = { range: rangeOf(query), ports: query.oneOf('ports', PORT_FILTERS, 'all'), sel };
  return { page: 'machine', host, view };
}

function isList(path: string, list: string): boolean {
  return path === list || path === `${list}/`;
}

/** `web-01` of `/hosts/web-01`; null when the path is no single name below `list`. */
function nameIn(list: string, path: string): string | null {
  const encoded = path.startsWith(`${list}/`) ? /^([^/]+)\/?$/.exec(path.slice(list.length + 1))?.[1] : undefined;
  if (encoded === undefined) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}

function listOf(query: Query): HostListView {
  return { q: query.text('q') ?? '', sort: query.oneOf('sort', HOST_SORTS, 'name'), cursor: query.text('cursor') };
}

function findingListOf(query: Query): FindingListView {
  return {
    q: query.text('q') ?? '',
    state: query.oneOf('state', FINDING_STATES, 'open'),
    cursor: query.text('cursor'),
  };
}

function rangeOf(query: Query): Range {
  const [from, to] = [query.text('from'), query.text('to')];
  if (from !== null && to !== null && isMoment(from) && isMoment(to) && Date.parse(from) < Date.parse(to)) {
    return { kind: 'between', from, to };
  }
  const length = RANGE_LENGTHS.find((known) => from === `-${known}`);
  if (from !== null && length === undefined) {
    query.notices.push(
      `from and to: expected ${RANGE_LENGTHS.map((known) => `from=-${known}`).join(', ')}, or two times as 2026-11-23T02:30:00Z in order. Showing the last 45 min.`,
    );
  }
  return { kind: 'last', length: length ?? '45m' };
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Reads query values and notes the ones it cannot use. */
class Query {
  readonly notices: string[] = [];
  readonly #search: URLSearchParams;

  constructor(search: URLSearchParams) {
    this.#search = search;
  }

  text(key: string): string | null {
    return this.#search.get(key);
  }

  oneOf<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
    const value = this.text(key);
    const known = allowed.find((each) => each === value);
    if (value !== null && known === undefined) {
      this.notices.push(`${key}: expected ${allowed.join(', ')}, got “${value.slice(0, 40)}”. Showing ${fallback}.`);
    }
    return known ?? fallback;
  }
}
