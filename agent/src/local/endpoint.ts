/** The endpoint on the machine itself: who holds which port here, for curl, for programs and for a browser. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Snapshot } from '../contract.ts';
import type { Sight } from '../scan/machine.ts';
import { answer, refusal, send, type Answer } from './answer.ts';
import { events, openStream, type EventSources, type StreamFrom } from './events-route.ts';
import { isOwnHost } from './host-check.ts';
import { listenerFilter, narrowed } from './listener-filter.ts';
import { negotiate, PORTS_MEDIA, type Form } from './negotiate.ts';
import { PAGE_POLICY } from './page-frame.ts';
import { headline, portsPage } from './ports-page.ts';
import { PLAIN, portsText } from './ports-text.ts';
import { presentsOneOf } from './reader-token.ts';

/** How the agent is; `degraded` works, with less than it should have. */
export interface Health {
  readonly status: 'ok' | 'degraded';
  /** A sentence each. */
  readonly reasons: readonly string[];
  /** The last scan is older than three scan periods. */
  readonly isStale: boolean;
}

export interface EndpointOptions extends EventSources {
  /** What the last scan saw; null before the first. */
  readonly sight: () => Sight | null;
  readonly health: () => Health;
  /** Prometheus' text; null before the first scan. */
  readonly metrics: () => string | null;
  /** Names a Host header may carry beside addresses and localhost. */
  readonly ownNames: readonly string[];
  /** What readers present; null: everyone who can reach the endpoint may read. */
  readonly readToken: string | null;
  /** What the aggregator presents; opens the endpoint whatever `readToken` says. */
  readonly liveToken: string;
  readonly now: () => Date;
}

const PATHS = '/, /ports, /ports/PORT, /events, /metrics and /healthz';

function gate(request: IncomingMessage, { ownNames, readToken, liveToken }: EndpointOptions): Answer | null {
  const { method, headers, socket } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    return refusal(
      405,
      'method-not-allowed',
      `expected GET or HEAD, got ${method ?? 'nothing'}`,
      'Portlight only reads.',
      { allow: 'GET, HEAD' },
    );
  }
  const tokens = readToken === null ? [liveToken] : [readToken, liveToken];
  if (presentsOneOf(tokens, headers.authorization)) return null;
  if (readToken !== null) {
    const ways = { 'www-authenticate': 'Bearer, Basic realm="portlight", charset="UTF-8"' };
    return refusal(
      401,
      'token-required',
      'expected the read token',
      'Send “Authorization: Bearer TOKEN”; --read-token-file names the file.',
      ways,
    );
  }
  // A unix socket has no remote address, and no browser reaches it.
  if (socket.remoteAddress === undefined || isOwnHost(headers.host, ownNames)) return null;
  return refusal(
    421,
    'wrong-host',
    'the Host header names another machine',
    'Use 127.0.0.1, localhost, or the name given by --advertise.',
  );
}

const FORMS: Readonly<Record<Form, (snapshot: Snapshot, heading: string, now: Date) => Answer>> = {
  json: (snapshot) => answer('application/json', `${JSON.stringify(snapshot)}\n`),
  text: (snapshot, _heading, now) => answer('text/plain', portsText(snapshot, PLAIN, now)),
  html: (snapshot, heading, now) =>
    answer('text/html', portsPage(snapshot, heading, now), { 'content-security-policy': PAGE_POLICY }),
};

interface Question {
  readonly preferred: Form;
  readonly heading: (snapshot: Snapshot) => string;
  readonly query: URLSearchParams;
}

/** Ages in what people read move on although nothing has changed. */
const AGES_FRESH_MS = 5000;

/** JSON carries the digest itself as its ETag, which covers the findings; the other forms one derived from it. */
const entityTag = (digest: string, form: Form, at: Date) =>
  form === 'json' ? `"${digest}"` : `"${digest}.${form}.${Math.floor(at.getTime() / AGES_FRESH_MS)}"`;

const notReady = () =>
  refusal(503, 'not-ready', 'the first scan is not finished', 'Try again in a second.', { 'retry-after': '1' });

function ports(
  { headers }: IncomingMessage,
  { preferred, heading, query }: Question,
  { sight, now }: EndpointOptions,
): Answer {
  const seen = sight();
  if (!seen) return notReady();
  const filter = listenerFilter(query);
  if (filter.kind === 'faults') return refusal(400, 'bad-filter', filter.faults.join('; '));
  const form = negotiate(headers.accept, { media: PORTS_MEDIA, preferred });
  if (form === null)
    return refusal(406, 'not-acceptable', 'expected Accept: application/json, text/plain or text/html');
  const { snapshot, digest } = seen;
  const at = now();
  const shown = narrowed(snapshot, query, filter.test);
  const made = FORMS[form](shown, heading(shown), at);
  return { ...made, headers: { vary: 'Accept', etag: entityTag(digest, form, at), ...made.headers } };
}

function healthz({ health }: EndpointOptions): Answer {
  const { status, reasons, isStale } = health();
  return { ...answer('application/json', `${JSON.stringify({ status, reasons })}\n`), status: isStale ? 503 : 200 };
}

function metrics(options: EndpointOptions): Answer {
  const text = options.metrics();
  return text === null ? notReady() : answer('text/plain; version=0.0.4', text);
}

function onePort(text: string, query: URLSearchParams): URLSearchParams {
  const narrowed = new URLSearchParams(query);
  narrowed.set('port', text);
  return narrowed;
}

function route(request: IncomingMessage, options: EndpointOptions): Answer | StreamFrom {
  const refused = gate(request, options);
  if (refused) return refused;
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  if (!url) return refusal(400, 'bad-url', 'expected a path such as /ports');
  const query = url.searchParams;
  if (url.pathname === '/') return ports(request, { preferred: 'html', heading: headline, query }, options);
  if (url.pathname === '/ports') return ports(request, { preferred: 'json', heading: headline, query }, options);
  if (url.pathname === '/events') return events(request.headers, query, options);
  if (url.pathname === '/metrics') return metrics(options);
  if (url.pathname === '/healthz') return healthz(options);
  const port = /^\/ports\/([^/]+)$/.exec(url.pathname)?.[1];
  if (port === undefined)
    return refusal(404, 'not-found', `nothing at ${url.pathname.slice(0, 200)}`, `There are ${PATHS}.`);
  const ofPort = ({ host }: Snapshot) => `Port ${port} on ${host.name}`;
  return ports(request, { preferred: 'json', heading: ofPort, query: onePort(port, query) }, options);
}

/** An HTTP server that is not listening yet. Slow and idle readers are cut off, so that they cannot pile up. */
export function createEndpoint(options: EndpointOptions): Server {
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 10_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      const routed = route(request, options);
      if ('since' in routed) openStream(request, response, routed, options);
      else send(request, response, routed);
    },
  );
  server.maxConnections = 256;
  return server;
}
