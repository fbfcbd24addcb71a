import type { Heard } from '../ingest/gauge-book.ts';
import { stamp } from '../stamp.ts';
import type { JudgedMachine } from '../store/finding-store.ts';
import type { Machine, StoreReader } from '../store/store.ts';
import type { HostMap, HostRow, HostView, Page } from '../views.ts';
import { hostIdNamed, unknownHost } from './host-id.ts';
import { toHostMap } from './host-map.ts';
import { nextCursor, parseHostQuery, type HostsAsked } from './host-page.ts';
import { toHostRow } from './host-row.ts';
import { storedSnapshot } from './stored-snapshot.ts';

interface HostsOptions {
  readonly now: () => number;
  readonly silentAfterMs: number;
  readonly retentionMs: number;
  readonly gaugesOf: (hostId: string) => Heard | null;
}

/** The machines, as lists, as a map and one by one. */
export class Hosts {
  constructor(
    private readonly reader: StoreReader,
    private readonly options: HostsOptions,
  ) {}

  async list(asked: HostsAsked): Promise<Page<HostRow>> {
    const query = parseHostQuery(asked);
    const page = await this.reader.hosts(query);
    const total = await this.reader.countHosts(query.filters);
    const items = page.map((host) => toHostRow(host, this.silentBefore));
    return { items, nextCursor: nextCursor(page, query), total, ...stamp(this.options.now()) };
  }

  async map(): Promise<HostMap> {
    return toHostMap(await this.reader.mapCells(), this.silentBefore, stamp(this.options.now()));
  }

  async one(nameOrId: string): Promise<HostView> {
    const machine = await this.machine(nameOrId);
    const { host, seen } = machine;
    return {
      host: toHostRow(machine, this.silentBefore),
      snapshot: storedSnapshot(machine, this.options.gaugesOf(host.host.id)),
      clockOffsetMs: seen?.clockOffsetMs ?? null,
      keptSince: new Date(await this.keptSince(machine)).toISOString(),
      ...stamp(this.options.now()),
    };
  }

  /** By id, else by name. Refuses what is unknown, and a name that several machines share. */
  async machine(nameOrId: string): Promise<JudgedMachine> {
    const byId = await this.reader.machine(nameOrId);
    if (byId) return byId;
    const byName = await this.reader.machine(await hostIdNamed(this.reader, nameOrId));
    if (byName) return byName;
    throw unknownHost(nameOrId);
  }

  /** Nothing older than this is kept of the machine. */
  async keptSince({ host }: Machine): Promise<number> {
    const eventsSince = await this.reader.eventsKeptSince();
    return Math.max(host.firstSeenAt, this.options.now() - this.options.retentionMs, eventsSince);
  }

  get silentBefore(): number {
    return this.options.now() - this.options.silentAfterMs;
  }
}
