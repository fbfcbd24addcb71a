import { setTimeout as later } from 'node:timers/promises';

const ASK_EVERY_MS = 100;
/** A server that is killed cuts the requests it has; the page asks again. */
const MOST_TRIES = 3;

/** A reader of the pages: asks what they ask, again and again, and follows the stream. */
export class Pages {
  asked = 0;
  /** Requests that had to be sent again. */
  again = 0;
  /** Requests that no try brought an answer to, and what came instead. */
  readonly failures: string[] = [];
  readonly stream: PageStream;
  private readonly url: string;
  private readonly paths: readonly string[];
  private isOver = false;
  private readonly work: Promise<void>;

  constructor(url: string, hostId: string) {
    this.url = url;
    this.paths = ['summary', 'hosts', 'hosts/map', `hosts/${hostId}`, `hosts/${hostId}/timeline?from=-1h`].map(
      (path) => `/api/v1/${path}`,
    );
    this.stream = new PageStream(url);
    this.work = this.follow();
  }

  async close(): Promise<void> {
    this.isOver = true;
    await this.work;
    await this.stream.close();
  }

  private async follow(): Promise<void> {
    for (let at = 0; !this.isOver; at += 1) {
      await this.ask(this.paths[at % this.paths.length] ?? '');
      await later(ASK_EVERY_MS);
    }
  }

  private async ask(path: string): Promise<void> {
    this.asked += 1;
    let came = '';
    for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
      if (attempt > 1) this.again += 1;
      came = await statusOf(this.url + path);
      if (came === '200') return;
    }
    this.failures.push(`${path}: ${came}`);
  }
}

async function statusOf(url: string): Promise<string> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return String(response.status);
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** Follows the stream as a page does: when it is cut it comes back and resumes by the last id. */
export class PageStream {
  /** Machines told as changed. */
  readonly told = new Set<string>();
  resumed = 0;
  /** How often the server said that everything is to be read anew. */
  resyncs = 0;
  /** Longest time without any frame. */
  longestSilenceMs = 0;
  /** Null until the first frame. */
  private heardAt: number | null = null;
  private lastId: string | null = null;
  private readonly controller = new AbortController();
  private readonly url: string;
  private readonly work: Promise<void>;

  constructor(url: string) {
    this.url = url;
    this.work = this.follow();
  }

  get isOpen(): boolean {
    return this.heardAt !== null;
  }

  async close(): Promise<void> {
    this.controller.abort();
    await this.work;
  }

  private async follow(): Promise<void> {
    while (!this.controller.signal.aborted) {
      try {
        await this.read();
      } catch {
        // Cut: it comes back below.
      }
      await later(ASK_EVERY_MS);
    }
  }

  private async read(): Promise<void> {
    const headers = this.lastId === null ? {} : { 'Last-Event-ID': this.lastId };
    const response = await fetch(`${this.url}/api/v1/stream`, { headers, signal: this.controller.signal });
    if (this.lastId !== null && response.ok) this.resumed += 1;
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      const frames = (text + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) this.take(frame);
    }
  }

  private take(frame: string): void {
    const now = performance.now();
    this.longestSilenceMs = Math.max(this.longestSilenceMs, now - (this.heardAt ?? now));
    this.heardAt = now;
    const fields = new Map(frame.split('\n').map((line) => [line.replace(/: .*$/s, ''), line.replace(/^\w+: /, '')]));
    this.lastId = fields.get('id') ?? this.lastId;
    if (fields.get('event') === 'resync') this.resyncs += 1;
    if (fields.get('event') !== 'hosts') return;
    const { hosts } = JSON.parse(fields.get('data') ?? '{}') as { readonly hosts: readonly { readonly id: string }[] };
    for (const { id } of hosts) this.told.add(id);
  }
}
