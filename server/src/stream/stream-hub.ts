import type { ServerResponse } from 'node:http';
import { stamp } from '../stamp.ts';
import type { ChangedHost, FeedEntry, StoreReader } from '../store/store.ts';
import type { Summary } from '../summary/summary.ts';
import type { SummaryView } from '../views.ts';
import { ChangeFeed } from './change-feed.ts';
import { eventFrame } from './event-frame.ts';

/** Changes closer together than this go out together. */
const COALESCE_MS = 250;
const HEARTBEAT_MS = 5_000;
/** What other instances committed is looked for this often. */
const FOLLOW_EVERY_MS = 1_000;
/** Before a page takes what it knows for old. */
const COME_BACK_AFTER_MS = 5_000;
/** A client with this much unread is dropped; it comes back and resumes. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** More changes than this at once are told as `resync`. */
const MAX_ENTRIES = 500;

interface HubOptions {
  readonly now: () => number;
  readonly silentAfterMs: number;
  readonly onFault: (cause: unknown) => void;
  /** Each ends after what it has to tell at first; its page comes back for more. */
  readonly areStreamsShort: boolean;
}

/** Tells every open page what changed: one frame is made for all of them. Follows the store's feed, not this process. */
export class StreamHub {
  private readonly clients = new Set<ServerResponse>();
  private readonly feed: ChangeFeed;
  private lastCounts = '';
  /** Empty until counts were sent. */
  private lastTroubles = '';
  private checkedSilenceAt: number;
  private pending: NodeJS.Timeout | null = null;
  private sentAt = 0;
  private work: Promise<void> = Promise.resolve();
  /** As long as there are clients. */
  private timers: readonly NodeJS.Timeout[] = [];

  constructor(
    private readonly reader: StoreReader,
    private readonly summary: Summary,
    private readonly options: HubOptions,
  ) {
    this.feed = new ChangeFeed(reader);
    this.checkedSilenceAt = options.now();
  }

  /** Something was committed. The first change after a pause goes out at once. */
  changed(): void {
    if (this.pending || this.clients.size === 0) return;
    const wait = Math.max(0, this.sentAt + COALESCE_MS - performance.now());
    this.pending = setTimeout(() => {
      this.pending = null;
      this.sentAt = performance.now();
      this.enqueue(() => this.sendChanges());
    }, wait);
  }

  /** Adds a client: first the counts, then, when it resumes, what it missed. */
  join(response: ServerResponse, lastEventId: string | undefined): void {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.on('close', () => {
      this.leave(response);
    });
    this.enqueue(() => this.greet(response, lastEventId));
  }

  /** Ends all streams; no page is left waiting for a server that is gone. */
  async close(): Promise<void> {
    if (this.pending) clearTimeout(this.pending);
    await this.work;
    for (const client of this.clients) {
      client.end();
      this.leave(client);
    }
  }

  private enter(client: ServerResponse): void {
    this.clients.add(client);
    if (this.timers.length > 0) return;
    this.checkedSilenceAt = this.options.now();
    const beat = setInterval(() => {
      this.enqueue(() => this.beat());
    }, HEARTBEAT_MS);
    const follow = setInterval(() => {
      this.changed();
    }, FOLLOW_EVERY_MS);
    this.timers = [beat, follow];
  }

  private leave(client: ServerResponse): void {
    this.clients.delete(client);
    if (this.clients.size > 0) return;
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
  }

  /** One piece of work at a time, so that frames keep their order. */
  private enqueue(work: () => Promise<void>): void {
    this.work = this.work.then(work).catch(this.options.onFault);
  }

  private async greet(client: ServerResponse, lastEventId: string | undefined): Promise<void> {
    // What happened up to now goes to those who are here already.
    if (this.clients.size > 0) await this.sendChanges();
    else await this.feed.skip();
    client.write(eventFrame('summary', await this.summary.now(), this.feed.position));
    if (lastEventId !== undefined) client.write(await this.missed(lastEventId));
    if (this.options.areStreamsShort) client.end(`retry: ${COME_BACK_AFTER_MS}\n${this.heartbeat()}`);
    else if (!client.destroyed) this.enter(client);
  }

  private async missed(lastEventId: string): Promise<string> {
    const since = /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : Infinity;
    return this.changeFrame(await this.feed.since(since, MAX_ENTRIES), since);
  }

  private async sendChanges(): Promise<void> {
    if (this.clients.size === 0) return;
    const before = this.feed.position;
    const entries = await this.feed.next();
    if (entries?.length === 0) return;
    this.send(this.changeFrame(entries, before) + this.countsFrame(await this.summary.now()));
  }

  /** @param since changes of findings after it are news */
  private changeFrame(entries: readonly FeedEntry[] | null, since: number): string {
    const { position } = this.feed;
    if (!entries || entries.length > MAX_ENTRIES) return eventFrame('resync', stamp(this.options.now()), position);
    if (entries.length === 0) return '';
    // The position comes last: who has it has both.
    const findings = entries.some(({ at, findingsAt }) => findingsAt > since || findingsAt === at)
      ? this.findingsFrame()
      : '';
    return findings + this.hostsFrame(entries, position);
  }

  private hostsFrame(changed: readonly ChangedHost[], position: number | null): string {
    const hosts = [...new Map(changed.map(({ id, name }) => [id, { id, name }])).values()];
    return eventFrame('hosts', { hosts, ...stamp(this.options.now()) }, position);
  }

  private findingsFrame(): string {
    return eventFrame('findings', stamp(this.options.now()), null);
  }

  /** The counts, when they differ from those sent last. */
  private countsFrame(summary: SummaryView): string {
    const counts = JSON.stringify([summary.machines, summary.listeners, troublesOf(summary)]);
    this.lastTroubles = troublesOf(summary);
    if (counts === this.lastCounts) return '';
    this.lastCounts = counts;
    return eventFrame('summary', summary, null);
  }

  private heartbeat(): string {
    return eventFrame('heartbeat', stamp(this.options.now()), null);
  }

  private async beat(): Promise<void> {
    if (this.clients.size === 0) return;
    await this.sendChanges();
    const silent = await this.newlySilent();
    const hosts = silent.length === 0 ? '' : this.hostsFrame(silent, null);
    const summary = await this.summary.now();
    // The feed says nothing of findings that went with their machine or became too old.
    const areOthers = this.lastTroubles !== '' && troublesOf(summary) !== this.lastTroubles;
    const findings = areOthers ? this.findingsFrame() : '';
    this.send(findings + hosts + this.countsFrame(summary) + this.heartbeat());
  }

  /** Nothing is pushed when a machine falls silent: time passes, that is all. */
  private async newlySilent(): Promise<readonly ChangedHost[]> {
    const [from, to] = [this.checkedSilenceAt, this.options.now()];
    this.checkedSilenceAt = to;
    return await this.reader.heardBetween(from - this.options.silentAfterMs, to - this.options.silentAfterMs);
  }

  private send(text: string): void {
    const frame = Buffer.from(text);
    for (const client of this.clients) {
      if (client.writableLength > MAX_UNREAD_BYTES) client.destroy();
      else client.write(frame);
    }
  }
}

/** What of the counts is about findings. */
function troublesOf({ findings, troubles, offPort, notAnswering, lastClosed }: SummaryView): string {
  return JSON.stringify([findings, troubles, offPort, notAnswering, lastClosed]);
}
