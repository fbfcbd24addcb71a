import type { StoreLocation } from './open-store.ts';

/** As people may read it: without a password. */
export function storeName(location: StoreLocation): string {
  if (location.kind === 'sqlite') return location.path;
  const url = URL.parse(location.url);
  if (!url) return 'postgres://…';
  return `${url.protocol}//${url.host}${url.pathname}`;
}
