import { isIP } from 'node:net';

const nameOf = (hostHeader: string) => /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(hostHeader)?.[1]?.toLowerCase() ?? '';

/**
 * Whether a Host header may name this endpoint: localhost, any literal address, or one of `names`. A name of somebody
 * else's that resolves to this machine (DNS rebinding) may not.
 */
export function isOwnHost(hostHeader: string | undefined, names: readonly string[]): boolean {
  const name = nameOf(hostHeader ?? '');
  if (name === 'localhost' || isIP(name.replace(/^\[|\]$/g, ''))) return true;
  return names.some((own) => own.toLowerCase() === name);
}
