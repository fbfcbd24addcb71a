import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '../net/addresses.ts';
import { Refusal } from '../refusal.ts';

/** What the gate knows of this server. */
export interface GateRules {
  /** No tokens at all: only programs and people of this machine may come. */
  readonly hasNoTokens: boolean;
  readonly listenHost: string;
  readonly publicUrl: URL | null;
  /** A proxy may add Authorization to whatever a browser sends: it does not show that a program asks. */
  readonly signsInByProxy: boolean;
}

/**
 * What every request has to pass, whatever it asks for: with no tokens, nothing that came through a proxy; from a browser,
 * only pages of this server, under a name that is this server's. Null lets it in.
 */
export function gateRefusal(headers: IncomingHttpHeaders, rules: GateRules): Refusal | null {
  return forwardedRefusal(headers, rules) ?? hostRefusal(headers, rules) ?? originRefusal(headers, rules);
}

const FORWARDED = /^(forwarded|via|x-forwarded-.*)$/;

function forwardedRefusal(headers: IncomingHttpHeaders, { hasNoTokens }: GateRules): Refusal | null {
  const name = hasNoTokens ? Object.keys(headers).find((header) => FORWARDED.test(header)) : undefined;
  if (name === undefined) return null;
  return new Refusal(
    403,
    'forwarded-without-tokens',
    `a request with ${name} came through a proxy, but no tokens are configured`,
    {
      hint: 'start portlight-server with --enroll-token-file, --read-token-file and --admin-token-file; make each by openssl rand -hex 32 > FILE',
    },
  );
}

/** A page of another site whose name was rebound to our address still sends its own name. A token is proof enough. */
function hostRefusal({ host = '', authorization }: IncomingHttpHeaders, rules: GateRules): Refusal | null {
  if (!rules.hasNoTokens && (authorization !== undefined || rules.publicUrl === null)) return null;
  const name = hostNameOf(host);
  if (isOwnName(name, rules)) return null;
  return new Refusal(
    421,
    'wrong-host',
    `expected this server's name in Host, got ${JSON.stringify(host.slice(0, 100))}`,
    {
      hint: 'ask by the address it listens on, by localhost or by its --public-url',
    },
  );
}

function isOwnName(name: string, { listenHost, publicUrl }: GateRules): boolean {
  return isLoopback(name) || name === listenHost || name === publicUrl?.hostname;
}

function hostNameOf(host: string): string {
  const url = URL.parse(`http://${host}/`);
  return url?.hostname.replace(/^\[|\]$/g, '') ?? '';
}

/** Browsers say which site a request comes from; only our own pages may ask with a person's rights. */
function originRefusal(headers: IncomingHttpHeaders, { publicUrl, signsInByProxy }: GateRules): Refusal | null {
  const { origin, host, authorization } = headers;
  if (authorization !== undefined && !signsInByProxy) return null;
  const isForeign = origin !== undefined && origin !== publicUrl?.origin && URL.parse(origin)?.host !== host;
  if (!isForeign && headers['sec-fetch-site'] !== 'cross-site') return null;
  // A link or a bookmark may lead here from anywhere.
  if (headers['sec-fetch-mode'] === 'navigate' && !isForeign) return null;
  return new Refusal(403, 'foreign-origin', 'the request comes from a page of another site', {
    hint: 'open this server’s own pages, or present a token as Authorization: Bearer',
  });
}
