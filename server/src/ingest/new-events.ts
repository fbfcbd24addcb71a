import type { FullPush, Holder, Instant, Push, PushedEvent } from '@portlight/agent/contract';
import type { EventHolder, NewEvent, StoredEvent } from '../store/event-store.ts';
import type { KeptListener } from '../store/store.ts';
import { listenerKey } from './listener-key.ts';
import type { MachineState } from './machine-state.ts';

/** Of an event's command line this much is kept; the whole one stands at the listener. */
const COMMAND_LINE_CHARACTERS = 1_024;

/** What the events of server-made conclusions say in `detail`. */
const ACROSS_A_GAP = 'seen across a gap';

/** The events a push brings, as they are kept. */
export function pushedEvents(push: Push, receivedAt: number): readonly NewEvent[] {
  if (push.kind !== 'full' && push.kind !== 'change') return [];
  const { agentStartedAt, processes } = push;
  return (push.events ?? []).map((event) => toNewEvent(event, processes, { agentStartedAt, receivedAt }));
}

interface Origin {
  readonly agentStartedAt: Instant;
  readonly receivedAt: number;
}

function toNewEvent(event: PushedEvent, processes: readonly Holder[], origin: Origin): NewEvent {
  const oldest = processes[event.holders[0] ?? -1];
  return {
    at: event.at,
    kind: event.kind,
    protocol: event.protocol,
    address: event.address,
    port: event.port,
    networkNamespace: event.networkNamespace,
    inode: event.inode,
    holder: oldest ? toEventHolder(oldest) : null,
    holders: event.holders.length,
    detail: event.detail,
    agentStartedAt: event.agentStartedAt ?? origin.agentStartedAt,
    id: event.id,
    receivedAt: origin.receivedAt,
  };
}

export function toEventHolder({ pid, startTicks, startedAt, program, commandLine }: Holder): EventHolder {
  return { pid, startTicks, startedAt, program, commandLine: clip(commandLine, COMMAND_LINE_CHARACTERS) };
}

/** Whole arguments first, the last one cut. */
function clip(commandLine: readonly string[], characters: number): readonly string[] {
  const kept: string[] = [];
  let left = characters;
  for (const argument of commandLine) {
    if (left <= 0) return kept;
    kept.push(argument.slice(0, left));
    left -= argument.length + 1;
  }
  return kept;
}

/**
 * What must have happened while no agent was looking: listeners that are gone closed, unknown ones opened, unless the
 * agent's own events say so, `stored` ones too. Their time is that of the scan that saw it, the latest it can have been.
 */
export function eventsAcrossGap(
  before: MachineState,
  after: MachineState,
  push: FullPush,
  { receivedAt, stored }: { readonly receivedAt: number; readonly stored: readonly StoredEvent[] },
): readonly NewEvent[] {
  const told = new Set([...stored, ...(push.events ?? [])].map((event) => `${event.kind} ${listenerKey(event)}`));
  const [old, current] = [keysOf(before.listeners), keysOf(after.listeners)];
  const seenAt = firstLookOf(push) ?? push.snapshot.takenAt;
  const closed = before.listeners
    .filter((listener) => !current.has(listenerKey(listener)) && !told.has(`closed ${listenerKey(listener)}`))
    .map((listener) =>
      conclude('closed', listener, before, { at: seenAt, agentStartedAt: before.host.agent.startedAt, receivedAt }),
    );
  const opened = after.listeners
    .filter((listener) => !old.has(listenerKey(listener)) && !told.has(`opened ${listenerKey(listener)}`))
    .map((listener) =>
      conclude('opened', listener, after, {
        at: listener.openedAt ?? seenAt,
        agentStartedAt: push.agentStartedAt,
        receivedAt,
      }),
    );
  const all = [...closed, ...opened];
  // Numbers below those of any agent, in the same order.
  return all.map((event, index) => ({ ...event, id: index - all.length }));
}

/** The end of the gap that the agent tells before its start; null where it does not tell one here. */
function firstLookOf({ lookedUntil, events = [] }: FullPush): Instant | null {
  if (lookedUntil === undefined) return null;
  return events.find(({ kind, from }) => kind === 'gap' && from === lookedUntil)?.at ?? null;
}

function keysOf(listeners: readonly KeptListener[]): ReadonlySet<string> {
  return new Set(listeners.map(listenerKey));
}

function conclude(
  kind: 'opened' | 'closed',
  listener: KeptListener,
  machine: MachineState,
  origin: Origin & { readonly at: Instant },
): Omit<NewEvent, 'id'> {
  const { protocol, address, port, networkNamespace, inode, holders } = listener;
  const oldest = machine.processes.get(holders[0] ?? -1);
  return {
    kind,
    protocol,
    address,
    port,
    networkNamespace,
    inode,
    holder: oldest ? toEventHolder(oldest) : null,
    holders: holders.length + listener.holdersOmitted,
    detail: ACROSS_A_GAP,
    ...origin,
  };
}
