import type { Instant, Listener } from '@portlight/agent/contract';
import { compareText } from '../compare-text.ts';
import { listenerKey } from '../ingest/listener-key.ts';
import type { EventHolder, StoredEvent } from '../store/event-store.ts';
import type { TimelineGap, TimelineRow, TimelineSpan } from '../views.ts';
import { chargeUntil, type LeftBehind } from './left-behind.ts';
import type { TimeRange } from './time-range.ts';

/** A socket that is open now. */
export interface OpenSocket extends Pick<
  Listener,
  'protocol' | 'address' | 'port' | 'networkNamespace' | 'inode' | 'openedAt'
> {
  readonly holder: EventHolder | null;
  readonly holders: number;
}

/** What is known of a machine from `range.from` until now. */
export interface TimelineFacts {
  readonly range: TimeRange;
  /** Of the machine as it is now; names processes together with pid and start ticks. */
  readonly bootId: string | null;
  readonly agentStartedAt: Instant;
  /** When the present sockets were seen. */
  readonly takenAt: Instant;
  readonly hostNamespace: string | null;
  readonly open: readonly OpenSocket[];
  /** Oldest first, from `range.from` until now: also those after `range.to`, as they end what was open then. */
  readonly events: readonly StoredEvent[];
  readonly leftBehind: readonly LeftBehind[];
}

/** More rows than this are counted, not shown. */
const MAX_ROWS = 1_000;

type Socket = Pick<StoredEvent, 'protocol' | 'address' | 'port' | 'networkNamespace' | 'inode'>;

/** A span under construction, with the socket it belongs to. */
interface Stretch {
  readonly socket: Socket;
  readonly instance: string | null;
  readonly holder: EventHolder | null;
  readonly holders: number;
  readonly start: Instant | null;
  readonly end: Instant | null;
}

export interface TimelineRows {
  readonly rows: readonly TimelineRow[];
  readonly rowsOmitted: number;
}

/** Who held which port from when to when: events tell the changes, the present sockets what they left. */
export function timelineRows(facts: TimelineFacts): TimelineRows {
  const stretches = allStretches(facts).filter((stretch) => touches(stretch, facts.range));
  const byPort = Map.groupBy(stretches, ({ socket }) => `${socket.networkNamespace} ${socket.protocol} ${socket.port}`);
  const rows = [...byPort.values()]
    .flatMap((row) => row.slice(0, 1).map(({ socket }) => toRow(socket, row, facts)))
    .toSorted(byPlace);
  return { rows: rows.slice(0, MAX_ROWS), rowsOmitted: Math.max(0, rows.length - MAX_ROWS) };
}

function allStretches(facts: TimelineFacts): readonly Stretch[] {
  const events = Map.groupBy(
    facts.events.filter(({ kind }) => kind !== 'gap'),
    listenerKey,
  );
  const open = new Map(facts.open.map((socket) => [listenerKey(socket), socket]));
  const keys = new Set([...events.keys(), ...open.keys()]);
  return [...keys].flatMap((key) => stretchesOf(events.get(key) ?? [], open.get(key) ?? null, facts));
}

/** One socket's stretches, in order; the last one is still open if the socket is. */
function stretchesOf(
  events: readonly StoredEvent[],
  open: OpenSocket | null,
  facts: TimelineFacts,
): readonly Stretch[] {
  const done: Stretch[] = [];
  let current: Stretch | null = null;
  for (const event of events) {
    if (isToldAgain(event, current, done.at(-1), facts)) continue;
    const next = step(current, event, facts);
    done.push(...next.ended);
    current = next.current;
  }
  return [...done, ...settle(current, open, facts)];
}

/** A second closing by the process whose span has ended: the server concluded it, then the agent told of it. */
function isToldAgain(
  event: StoredEvent,
  current: Stretch | null,
  last: Stretch | undefined,
  facts: TimelineFacts,
): boolean {
  return event.kind === 'closed' && current === null && last?.instance === begin(event, null, facts).instance;
}

interface Step {
  readonly ended: readonly Stretch[];
  readonly current: Stretch | null;
}

function step(current: Stretch | null, event: StoredEvent, facts: TimelineFacts): Step {
  switch (event.kind) {
    case 'opened':
      return opened(current, begin(event, event.at, facts));
    case 'closed':
      return { ended: [{ ...(current ?? begin(event, null, facts)), end: event.at }], current: null };
    case 'holders-changed':
    case 'program-changed':
      return changed(current, begin(event, event.at, facts), facts);
    case 'queue-stuck':
    case 'queue-moving':
    case 'gap':
      return { ended: [], current };
  }
}

/** A second opening without a closing between: told again, unless another process did it. */
function opened(current: Stretch | null, fresh: Stretch): Step {
  if (current?.instance === fresh.instance && current.instance !== null) return { ended: [], current };
  return { ended: current ? [{ ...current, end: fresh.start }] : [], current: fresh };
}

/** Another holder begins a span of its own; more or fewer processes beside the oldest do not. */
function changed(current: Stretch | null, fresh: Stretch, { range }: TimelineFacts): Step {
  const before = current ?? heldBefore(fresh, range);
  const isSameProgram = before.instance === fresh.instance && before.holder?.program === fresh.holder?.program;
  if (isSameProgram) return { ended: [], current: { ...before, holders: fresh.holders } };
  return { ended: [{ ...before, end: fresh.start }], current: fresh };
}

/** Whoever held it before the first event: the same process if it is older than the range, else nobody knows. */
function heldBefore(fresh: Stretch, range: TimeRange): Stretch {
  const startedAt = fresh.holder?.startedAt ?? null;
  const isOlder = startedAt !== null && Date.parse(startedAt) < range.from;
  return isOlder ? { ...fresh, start: null } : { ...fresh, start: null, instance: null, holder: null, holders: 0 };
}

/** Brings the story to its present end, also where an event is missing. */
function settle(current: Stretch | null, open: OpenSocket | null, facts: TimelineFacts): readonly Stretch[] {
  if (open === null) return current ? [{ ...current, end: facts.takenAt }] : [];
  const instance = instanceOf(open.holder, facts.bootId);
  const present = { socket: open, instance, holder: open.holder, holders: open.holders, end: null };
  if (current === null) return [{ ...present, start: open.openedAt }];
  if (current.instance === instance || instance === null) return [{ ...current, holders: open.holders }];
  if (current.instance === null) return [{ ...present, start: current.start }];
  return [
    { ...current, end: facts.takenAt },
    { ...present, start: facts.takenAt },
  ];
}

function begin(event: StoredEvent, start: Instant | null, facts: TimelineFacts): Stretch {
  const bootId = event.bootId ?? (event.agentStartedAt === facts.agentStartedAt ? facts.bootId : null);
  const { holder, holders } = event;
  return { socket: event, instance: instanceOf(holder, bootId), holder, holders, start, end: null };
}

function instanceOf(holder: EventHolder | null, bootId: string | null): string | null {
  return holder && `${bootId ?? 'unknown boot'} ${holder.pid} ${holder.startTicks ?? 'unknown start'}`;
}

function touches({ start, end }: Stretch, { from, to }: TimeRange): boolean {
  return (start === null || Date.parse(start) <= to) && (end === null || Date.parse(end) >= from);
}

function toRow(socket: Socket, stretches: readonly Stretch[], facts: TimelineFacts): TimelineRow {
  const { protocol, port, networkNamespace } = socket;
  const isHostNamespace = facts.hostNamespace === null || networkNamespace === facts.hostNamespace;
  const spans = stretches.map((stretch) => toSpan(stretch, facts)).toSorted(byStart);
  return { protocol, port, networkNamespace, isHostNamespace, spans };
}

function toSpan(stretch: Stretch, { range, leftBehind }: TimelineFacts): TimelineSpan {
  const { socket, instance, holder, holders, start, end } = stretch;
  return {
    instance,
    pid: holder?.pid ?? null,
    program: holder?.program ?? null,
    commandLine: holder?.commandLine ?? [],
    processStartedAt: holder?.startedAt ?? null,
    address: socket.address,
    family: socket.address.includes(':') ? 'ipv6' : 'ipv4',
    inode: socket.inode,
    holders,
    start: start !== null && Date.parse(start) < range.from ? null : start,
    end,
    chargeUntil: chargeUntil(stretch, leftBehind),
  };
}

function byStart(a: TimelineSpan, b: TimelineSpan): number {
  return compareText(a.start ?? '', b.start ?? '') || compareText(a.address, b.address);
}

function byPlace(a: TimelineRow, b: TimelineRow): number {
  return (
    Number(b.isHostNamespace) - Number(a.isHostNamespace) || a.port - b.port || compareText(a.protocol, b.protocol)
  );
}

export function toTimelineGaps(
  gaps: readonly { readonly from: number; readonly to: number }[],
  silentSince: number | null,
): readonly TimelineGap[] {
  const past = gaps.map(({ from, to }) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }));
  return silentSince === null ? past : [...past, { from: new Date(silentSince).toISOString(), to: null }];
}
