import type { Heard } from '../ingest/gauge-book.ts';
import { Refusal } from '../refusal.ts';
import { stamp } from '../stamp.ts';
import type { JudgedMachine } from '../store/finding-store.ts';
import type { Machine, StoreReader } from '../store/store.ts';
import type { HostMap, HostRow, HostView, Page } from '../views.ts';
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
      keptSince: new Date(this.keptSince(machine)).toISOString(),
      ...stamp(this.options.now()),
    };
  }

  /** By id, else by name. Refuses what is unknown, and a name that several machines share. */
  async machine(nameOrId: string): Promise<JudgedMachine> {
    const byId = await this.reader.machine(nameOrId);
    if (byId) return byId;
    const [only, ...others] = await this.reader.hostIdsNamed(nameOrId);
    if (only !== undefined && others.length > 0) throw sharedName(nameOrId, [only, ...others]);
    const byName = only === undefined ? null : await this.reader.machine(only);
    return byName ?? refuseUnknown(nameOrId);
  }

  /** Nothing older than this is kept of the machine. */
  keptSince({ host }: Machine): number {
    return Math.max(host.firstSeenAt, this.options.now() - this.options.retentionMs);
  }

  get silentBefore(): number {
    return this.options.now() - this.options.silentAfterMs;
  }
}

function sharedName(name: string, ids: readonly string[]): Refusal {
  return new Refusal(409, 'ambiguous-host', `${ids.length} machines are called ${name}`, {
    hint: `ask by id: ${ids.join(', ')}`,
  });
}

function refuseUnknown(nameOrId: string): never {
  throw new Refusal(404, 'unknown-host', `no machine has the name or id ${JSON.stringify(nameOrId.slice(0, 256))}`, {
    hint: 'GET /api/v1/hosts lists them; it may have been removed after --forget-after',
  });
}
