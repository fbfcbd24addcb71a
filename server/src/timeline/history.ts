import { stateOf } from '../hosts/host-row.ts';
import type { Hosts } from '../hosts/hosts.ts';
import { toEventHolder } from '../ingest/new-events.ts';
import { Refusal } from '../refusal.ts';
import { stamp } from '../stamp.ts';
import type { EventPlace, StoredEvent } from '../store/event-store.ts';
import type { KeptListener, Machine, StoreReader } from '../store/store.ts';
import type { EventView, Page, TimelineView } from '../views.ts';
import { leftBehind } from './left-behind.ts';
import { parseTimeRange, type RangeAsked } from './time-range.ts';
import { timelineRows, toTimelineGaps, type OpenSocket, type TimelineFacts } from './timeline.ts';

const EVENTS_PER_PAGE = 200;
/** A timeline is made of at most so many events, the newest; its `from` says from when on it is whole. */
const TIMELINE_EVENTS = 50_000;
const DEFAULT_FROM = '-45m';

export interface EventsAsked extends RangeAsked {
  readonly cursor?: unknown;
}

/** What happened on a machine. */
export class History {
  constructor(
    private readonly hosts: Hosts,
    private readonly reader: StoreReader,
    private readonly now: () => number,
  ) {}

  async events(nameOrId: string, asked: EventsAsked): Promise<Page<EventView>> {
    const { host } = await this.hosts.machine(nameOrId);
    const within = parseTimeRange(asked, this.now(), '-7d');
    // Without an end also what an agent with a fast clock saw.
    const to = asked.to === undefined ? Number.MAX_SAFE_INTEGER : within.to;
    const range = { from: within.from, to, before: parseCursor(asked.cursor) };
    const events = await this.reader.events(host.host.id, { ...range, limit: EVENTS_PER_PAGE });
    return { items: events.map(toEventView), nextCursor: cursorAfter(events), total: null, ...stamp(this.now()) };
  }

  async timeline(nameOrId: string, asked: RangeAsked): Promise<TimelineView> {
    const now = this.now();
    const machine = await this.hosts.machine(nameOrId);
    const facts = await this.facts(machine, asked, now);
    const { from, to } = facts.range;
    const gaps = await this.reader.gaps(machine.host.host.id, from);
    return {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      ...timelineRows(facts),
      gaps: toTimelineGaps(
        gaps.filter((gap) => gap.from <= to),
        this.silentSince(machine),
      ),
      keptSince: new Date(await this.hosts.keptSince(machine)).toISOString(),
      ...stamp(now),
    };
  }

  /** Events are read until now, whatever `to` says: what closed later was open then. */
  private async facts(machine: Machine, asked: RangeAsked, now: number): Promise<TimelineFacts> {
    const { host, seen } = machine;
    // Spans are in the agent's time: with a fast clock its present is later than ours.
    const range = parseTimeRange(asked, now + Math.max(0, seen?.clockOffsetMs ?? 0), DEFAULT_FROM);
    const until = { from: range.from, to: Number.MAX_SAFE_INTEGER, before: null, limit: TIMELINE_EVENTS };
    const events = (await this.reader.events(host.host.id, until)).toReversed();
    const oldest = events.length < TIMELINE_EVENTS ? undefined : events[0];
    const findings = await this.reader.findingsBetween(host.host.id, range.from, range.to);
    return {
      range: oldest ? { from: Date.parse(oldest.at), to: Math.max(range.to, Date.parse(oldest.at)) } : range,
      bootId: host.host.bootId,
      agentStartedAt: host.agent.startedAt,
      takenAt: host.takenAt,
      hostNamespace: host.hostNamespace,
      open: machine.listeners.map((listener) => toOpenSocket(listener, machine)),
      events,
      leftBehind: leftBehind(findings),
    };
  }

  /** Since when nothing is known of it; null while it reports. */
  private silentSince(machine: Machine): number | null {
    if (stateOf(machine, this.hosts.silentBefore) === 'reporting') return null;
    return machine.seen?.at ?? machine.host.firstSeenAt;
  }
}

function toOpenSocket(listener: KeptListener, { processes }: Machine): OpenSocket {
  const oldest = processes.get(listener.holders[0] ?? -1);
  const holders = listener.holders.length + listener.holdersOmitted;
  return { ...listener, holder: oldest ? toEventHolder(oldest) : null, holders };
}

function toEventView(event: StoredEvent): EventView {
  const { place, at, kind, protocol, address, port, networkNamespace, inode, holder, holders, detail } = event;
  const socket = { protocol, address, port, networkNamespace, inode };
  const [pid, program] = [holder?.pid ?? null, holder?.program ?? null];
  return { id: idOf(place), at, kind, ...socket, pid, program, holders, detail };
}

function idOf({ at, id, subject }: EventPlace): string {
  return `${at}.${id}.${subject}`;
}

function parseCursor(cursor: unknown): EventPlace | null {
  if (cursor === undefined) return null;
  const numbers = /^(-?\d{1,16})\.(-?\d{1,16})\.(\d{1,16})$/.exec(typeof cursor === 'string' ? cursor : '');
  const [at, id, subject] = (numbers ?? []).slice(1).map(Number);
  if (at !== undefined && id !== undefined && subject !== undefined) return { at, id, subject };
  throw new Refusal(400, 'bad-cursor', 'cursor: expected nextCursor of an earlier answer', {
    hint: 'start without cursor',
  });
}

function cursorAfter(events: readonly StoredEvent[]): string | null {
  const last = events.at(-1);
  return last && events.length === EVENTS_PER_PAGE ? idOf(last.place) : null;
}
