/** `/events`: what happened, as JSON, as lines of text, or as it happens. */
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type EventStreams } from '../events/event-streams.ts';
import { happeningLine, hostNamespaceOf, PLAIN_LINE } from '../events/happening-line.ts';
import { type RecentHappenings } from '../events/happenings.ts';
import { type Sight } from '../scan/machine.ts';
import { ALWAYS, answer, refusal, type Answer } from './answer.ts';
import { negotiate, type Media } from './negotiate.ts';

export interface EventSources {
  /** What the last scan saw; null before the first. */
  readonly sight: () => Sight | null;
  readonly happenings: RecentHappenings;
  readonly streams: EventStreams;
}

/** A stream is asked for: of what happened after that number. */
export interface StreamFrom {
  readonly since: number;
}

type EventsForm = 'json' | 'text' | 'stream';

const EVENTS_MEDIA: Media<EventsForm> = {
  'application/json': 'json',
  'text/plain': 'text',
  'text/event-stream': 'stream',
};

const MOST_ITEMS = 10_000;

interface Asked {
  readonly since: number;
  readonly limit: number;
}

export function events(
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
  sources: EventSources,
): Answer | StreamFrom {
  const asked = askedFor(query);
  if ('faults' in asked) return refusal(400, 'bad-filter', asked.faults.join('; '));
  const form = negotiate(headers.accept, { media: EVENTS_MEDIA, preferred: 'json' });
  if (form === null) {
    return refusal(406, 'not-acceptable', 'expected Accept: application/json, text/plain or text/event-stream');
  }
  return form === 'stream' ? stream(headers, asked, sources) : { ...list(form, asked, sources), headers: VARY };
}

const VARY = { vary: 'Accept' };

/** A reader that comes back says itself what it had, whatever the address it was given says. */
function stream(headers: IncomingHttpHeaders, { since }: Asked, { streams }: EventSources): Answer | StreamFrom {
  if (streams.isFull) {
    const retry = { 'retry-after': '5' };
    return refusal(503, 'too-many-streams', 'all streams are taken', 'Try again, or ask for JSON with ?since=.', retry);
  }
  return { since: whole(headers['last-event-id']) ?? since };
}

function list(form: 'json' | 'text', { since, limit }: Asked, { happenings, sight }: EventSources): Answer {
  const found = happenings.since(since, limit);
  if (form === 'json') return answer('application/json', `${JSON.stringify(found)}\n`);
  const seen = sight();
  const host = seen && hostNamespaceOf(seen.snapshot);
  const lost = found.dropped === 0 ? [] : [`(${found.dropped} before these are no longer kept)`];
  const lines = [...lost, ...found.items.map((one) => happeningLine(one, host, PLAIN_LINE))];
  return answer('text/plain', lines.map((line) => `${line}\n`).join(''));
}

const whole = (text: unknown) => (typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null);

function askedFor(query: URLSearchParams): Asked | { readonly faults: readonly string[] } {
  const asked = { since: 0, limit: MOST_ITEMS };
  const faults: string[] = [];
  for (const [name, text] of query) {
    const number = whole(text);
    const got = JSON.stringify(text.slice(0, 80));
    if (name !== 'since' && name !== 'limit') {
      faults.push(`${JSON.stringify(name.slice(0, 80))}: unknown parameter; there are since and limit`);
    } else if (number === null) {
      faults.push(`${name}: expected a whole number, got ${got}`);
    } else if (name === 'limit' && number > MOST_ITEMS) {
      faults.push(`limit: expected at most ${MOST_ITEMS}, got ${got}`);
    } else asked[name] = number;
  }
  return faults.length > 0 ? { faults } : asked;
}

/** The head, and for GET what follows for as long as both sides want. */
export function openStream(
  { method }: IncomingMessage,
  response: ServerResponse,
  { since }: StreamFrom,
  { streams }: EventSources,
): void {
  response.writeHead(200, {
    ...ALWAYS,
    ...VARY,
    'cache-control': 'no-store',
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
  });
  if (method === 'HEAD') response.end();
  else streams.open(response, since);
}
