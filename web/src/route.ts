import type { Zone } from './format/time.ts';

/** The stretch of time a machine's page shows: up to now, or between two fixed moments. */
export type Range =
  | { readonly kind: 'last'; readonly length: RangeLength }
  | { readonly kind: 'between'; readonly from: string; readonly to: string };

export const RANGE_LENGTHS = ['15m', '45m', '6h', '24h', '7d'] as const;
export type RangeLength = (typeof RANGE_LENGTHS)[number];

export const HOST_SORTS = ['name', 'group', '-lastSeenAt', '-listeners', '-exposed', '-unattributed'] as const;
export type HostSort = (typeof HOST_SORTS)[number];

export type PortFilter = 'all' | 'exposed';

export interface HostListView {
  readonly q: string;
  readonly sort: HostSort;
  readonly cursor: string | null;
}

export type Route =
  | { readonly page: 'fleet'; readonly view: 'map' | 'list'; readonly list: HostListView }
  | { readonly page: 'machines'; readonly list: HostListView }
  | { readonly page: 'machine'; readonly host: string; readonly range: Range; readonly ports: PortFilter }
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

export const FLEET_HREF = '/';
export const MACHINES_HREF = '/hosts';

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
  if (path === FLEET_HREF)
    return { page: 'fleet', view: query.oneOf('view', ['map', 'list'], 'map'), list: listOf(query) };
  if (path === MACHINES_HREF || path === `${MACHINES_HREF}/`) return { page: 'machines', list: listOf(query) };
  const host = hostOf(path);
  if (host === null) return { page: 'unknown', path };
  return { page: 'machine', host, range: rangeOf(query), ports: query.oneOf('ports', ['all', 'exposed'], 'all') };
}

function hostOf(path: string): string | null {
  const encoded = /^\/hosts\/([^/]+)\/?$/.exec(path)?.[1];
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
