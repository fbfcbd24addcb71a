import type {
  ErrorAnswer,
  EventView,
  ExpectationPin,
  ExpectationsDocument,
  ExpectationsPreview,
  ExpectationsRevision,
  ExpectationsView,
  FindingGroupAnswer,
  FindingGroupView,
  HostMap,
  HostRow,
  HostView,
  Page,
  PinPreview,
  SessionView,
  SummaryView,
  TimelineView,
} from '@portlight/server/views';
import { sentence } from './format/sentence.ts';
import { visibleText } from './format/visible-text.ts';
import { EventStreamParser, type StreamEvent } from './event-stream.ts';

/** Why an answer did not come. */
export interface Failure {
  /** Null: no answer at all, the server could not be reached. */
  readonly status: number | null;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  /** Every fault of what was sent, each with the path to it: `services[0].name: …`; fit to be shown. */
  readonly faults: readonly string[];
  readonly requestId: string | null;
}

export type Answer<T> =
  { readonly kind: 'ok'; readonly view: T } | { readonly kind: 'failed'; readonly failure: Failure };

interface FindingsQuery {
  readonly q: string;
  readonly state: string;
  readonly cursor: string | null;
}

interface HostsQuery {
  readonly q: string;
  readonly sort: string;
  readonly cursor: string | null;
}

/** Moments as RFC 3339 or `-45m`; null is the server's default. */
interface TimeQuery {
  readonly from: string | null;
  readonly to: string | null;
}

const BASE = '/api/v1';
/** A request without an answer for so long will have none: the way to the server is broken. */
const PATIENCE_MS = 20_000;

export function getSummary(signal: AbortSignal): Promise<Answer<SummaryView>> {
  return get('/summary', {}, signal);
}

export function getHostMap(signal: AbortSignal): Promise<Answer<HostMap>> {
  return get('/hosts/map', {}, signal);
}

export function getHosts(query: HostsQuery, signal: AbortSignal): Promise<Answer<Page<HostRow>>> {
  return get('/hosts', { q: query.q || null, sort: query.sort, cursor: query.cursor }, signal);
}

/** What the server knows of a machine, as JSON for people. */
export function rawHostHref(host: string): string {
  return `${BASE}/hosts/${encodeURIComponent(host)}`;
}

export function getFindings(query: FindingsQuery, signal: AbortSignal): Promise<Answer<Page<FindingGroupView>>> {
  return get('/findings', { q: query.q || null, state: query.state, cursor: query.cursor }, signal);
}

/** By the id of a finding or of a group. */
export function getFinding(id: string, signal: AbortSignal): Promise<Answer<FindingGroupAnswer>> {
  return get(`/findings/${encodeURIComponent(id)}`, {}, signal);
}

export function getHost(host: string, signal: AbortSignal): Promise<Answer<HostView>> {
  return get(`/hosts/${encodeURIComponent(host)}`, {}, signal);
}

export function getTimeline(host: string, query: TimeQuery, signal: AbortSignal): Promise<Answer<TimelineView>> {
  return get(`/hosts/${encodeURIComponent(host)}/timeline`, { ...query }, signal);
}

export function getEvents(host: string, query: TimeQuery, signal: AbortSignal): Promise<Answer<Page<EventView>>> {
  return get(`/hosts/${encodeURIComponent(host)}/events`, { ...query }, signal);
}

export function signIn(token: string): Promise<Answer<SessionView>> {
  return send('POST', '/session', { token });
}

export function getSession(signal: AbortSignal): Promise<Answer<SessionView>> {
  return get('/session', {}, signal);
}

const EXPECTATIONS = '/expectations';

/** The newest ones, or those of an earlier revision. */
export function getExpectations(revision: number | null, signal: AbortSignal): Promise<Answer<ExpectationsView>> {
  return get(EXPECTATIONS, { revision: revision === null ? null : String(revision) }, signal);
}

export function getRevisions(signal: AbortSignal): Promise<Answer<Page<ExpectationsRevision>>> {
  return get(`${EXPECTATIONS}/revisions`, {}, signal);
}

/** One file, fit for git. */
export const expectationsFileHref = `${BASE}${EXPECTATIONS}?format=file`;

/** Stored only if `revision` is the newest one still. */
export function putExpectations(document: ExpectationsDocument, revision: number): Promise<Answer<ExpectationsView>> {
  return send('PUT', EXPECTATIONS, document, { 'if-match': `"${revision}"` });
}

export function previewExpectations(document: ExpectationsDocument): Promise<Answer<ExpectationsPreview>> {
  return send('POST', `${EXPECTATIONS}/preview`, document);
}

export function previewPin(pin: ExpectationPin): Promise<Answer<PinPreview>> {
  return send('POST', `${EXPECTATIONS}/pin/preview`, pin);
}

export function pinExpectation(pin: ExpectationPin): Promise<Answer<ExpectationsView>> {
  return send('POST', `${EXPECTATIONS}/pin`, pin);
}

/**
 * Follows the live stream until it ends or is aborted and says why it ended. Read by hand, as an EventSource hides the status
 * and paces its own retries.
 */
export async function followStream(
  lastEventId: string | null,
  onEvent: (event: StreamEvent) => void,
  signal: AbortSignal,
): Promise<Failure> {
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  if (lastEventId !== null) headers['last-event-id'] = lastEventId;
  try {
    const response = await fetch(`${BASE}/stream`, { headers, signal, cache: 'no-store' });
    if (!response.ok || response.body === null) return await failureOf(response);
    const parser = new EventStreamParser();
    for await (const chunk of chunksOf(response.body)) parser.push(chunk).forEach(onEvent);
    return { ...UNREACHABLE, code: 'stream-ended', message: 'The server ended the live stream.' };
  } catch {
    return UNREACHABLE;
  }
}

/** Web streams are not async iterable in every browser yet. */
async function* chunksOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

const UNREACHABLE: Failure = {
  status: null,
  code: 'unreachable',
  message: 'The server does not answer.',
  hint: null,
  faults: [],
  requestId: null,
};

function get<T>(path: string, query: Readonly<Record<string, string | null>>, signal: AbortSignal): Promise<Answer<T>> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null) search.set(name, value);
  return request(search.size === 0 ? path : `${path}?${search}`, {}, signal);
}

function send<T>(
  method: 'POST' | 'PUT',
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<T>> {
  const sent = { 'content-type': 'application/json', ...headers };
  return request(path, { method, body: JSON.stringify(body), headers: sent });
}

async function request<T>(path: string, init: RequestInit, stop?: AbortSignal): Promise<Answer<T>> {
  try {
    const signal = AbortSignal.any([...(stop ? [stop] : []), AbortSignal.timeout(PATIENCE_MS)]);
    const response = await fetch(BASE + path, { cache: 'no-store', ...init, signal });
    if (!response.ok) return { kind: 'failed', failure: await failureOf(response) };
    return { kind: 'ok', view: (await response.json()) as T };
  } catch {
    return { kind: 'failed', failure: UNREACHABLE };
  }
}

async function failureOf(response: Response): Promise<Failure> {
  const answer = await errorAnswerOf(response);
  const hint = answer?.error?.hint;
  return {
    status: response.status,
    code: answer?.error?.code ?? 'unknown',
    message: sentence(visibleText(answer?.error?.message ?? `The server answered ${response.status}`)),
    hint: hint === undefined ? null : sentence(visibleText(hint)),
    faults: (answer?.error?.faults ?? []).map(visibleText),
    requestId: answer?.requestId ?? null,
  };
}

/** What stands before the server may answer errors of its own, so nothing of the form is taken for granted. */
async function errorAnswerOf(
  response: Response,
): Promise<{ error?: Partial<ErrorAnswer['error']>; requestId?: string } | null> {
  try {
    return (await response.json()) as Partial<ErrorAnswer> | null;
  } catch {
    return null;
  }
}
