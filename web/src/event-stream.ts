/** One event of a text/event-stream. */
export interface StreamEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: string;
  /** When to come back after the stream has ended; null: not said. */
  readonly retryMs: number | null;
}

/** Cuts a stream of text chunks into events; an event ends with an empty line. https://html.spec.whatwg.org/#parsing-an-event-stream */
export class EventStreamParser {
  #rest = '';

  push(chunk: string): StreamEvent[] {
    const blocks = (this.#rest + chunk).replaceAll('\r\n', '\n').split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap(parseBlock);
  }
}

function parseBlock(block: string): StreamEvent[] {
  const fields = block
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(':'))
    .map(splitField);
  const valueOf = (name: string) => fields.findLast(([field]) => field === name)?.[1] ?? null;
  const data = fields.filter(([field]) => field === 'data').map(([, value]) => value);
  if (data.length === 0) return [];
  const retry = valueOf('retry') ?? '';
  const retryMs = /^\d{1,6}$/.test(retry) ? Number(retry) : null;
  return [{ event: valueOf('event') ?? 'message', id: valueOf('id'), data: data.join('\n'), retryMs }];
}

function splitField(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line, ''];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}
