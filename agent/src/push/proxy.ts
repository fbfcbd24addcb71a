/** Which proxy stands between this machine and its aggregator. Pure. */
import { isLoopback } from '../config.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `--proxy`, else for https the environment's HTTPS_PROXY, unless NO_PROXY names the aggregator; null: none. A machine's own
 * aggregator needs none. Throws when the environment's cannot be understood.
 */
export function proxyFor(server: URL, given: URL | null, env: Environment): URL | null {
  if (given !== null) return given;
  const text = env.HTTPS_PROXY ?? env.https_proxy ?? '';
  if (text === '' || server.protocol !== 'https:' || isLoopback(server.hostname)) return null;
  if (isExcepted(server, env.NO_PROXY ?? env.no_proxy ?? '')) return null;
  const proxy = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (proxy && ['http:', 'https:'].includes(proxy.protocol)) return proxy;
  // It may hold a password.
  throw new Error('expected HTTPS_PROXY to be a URL such as http://proxy.example.com:3128');
}

/** `*`, a name with all below it, with or without its port; addresses as they are written. */
function isExcepted({ hostname, host }: URL, list: string): boolean {
  const names = list.split(/[\s,]+/).filter((name) => name !== '');
  return names.some((name) => {
    const below = name.replace(/^\*?\./, '').toLowerCase();
    return name === '*' || host === below || hostname === below || hostname.endsWith(`.${below}`);
  });
}
