import type { ChangePush, Finding, FullPush, Instant, LeavingPush } from '@portlight/agent/contract';
import type { StoreWriter } from '../store/store.ts';
import { findingChanges, isAnyChange } from './finding-changes.ts';
import { afterChange, afterFull, afterLeaving, type Arrival, type MachineState } from './machine-state.ts';
import { eventsAcrossGap, pushedEvents } from './new-events.ts';
import { rowChanges } from './row-changes.ts';

/** A push that changes what is kept. */
export type ChangingPush = FullPush | ChangePush | LeavingPush;

export interface Arrived extends Arrival {
  readonly push: ChangingPush;
  /** When the server had heard of the machine before; null when never. */
  readonly lastSeenAt: number | null;
}

/** What is kept of a machine after a push; null when nothing is. */
export type Applied = { readonly machine: MachineState; readonly hasChanged: boolean } | null;

/** Writes what a push brings. Events are always kept; the machine's state only where nothing has to be guessed. */
export async function applyPush(writer: StoreWriter, arrived: Arrived): Promise<Applied> {
  const { push, at } = arrived;
  const before = await writer.machine(push.hostId);
  const lastSequence = await writer.sequenceOf(push.hostId, push.agentStartedAt);
  await writer.addEvents(push.hostId, pushedEvents(push, at));
  if (lastSequence !== null && push.sequence <= lastSequence) return unchanged(before);
  await addLosses(writer, arrived);
  const after = nextState(before, arrived);
  if (!after) return unchanged(before);
  await writer.saveHost(after.host);
  await writer.saveRows(push.hostId, rowChanges(before, after));
  const haveFindingsChanged = await applyFindings(writer, before, arrived);
  if (push.kind === 'full' && before) await bridgeGap(writer, before, after, { ...arrived, push });
  const { hostId, agentStartedAt, bootId, sequence, sentAt } = push;
  await writer.markSequence(hostId, { agentStartedAt, bootId, sequence, at });
  await writer.markSeen([{ hostId, at, clockOffsetMs: Date.parse(sentAt) - at }]);
  await writer.announce([hostId], at, haveFindingsChanged);
  return { machine: after, hasChanged: true };
}

function unchanged(machine: MachineState | null): Applied {
  return machine && { machine, hasChanged: false };
}

/** Null where the push was made from another state than the kept one. */
function nextState(before: MachineState | null, { push, at, address }: Arrived): MachineState | null {
  if (push.kind === 'full') return afterFull(before, push, { at, address });
  if (before?.host.agent.startedAt !== push.agentStartedAt) return null;
  if (push.kind === 'leaving') return afterLeaving(before);
  return before.host.digest === push.baseDigest ? afterChange(before, push) : null;
}

/** Answers whether anything of them changed. A push without a list, or of a machine that has and had none, costs nothing. */
async function applyFindings(
  writer: StoreWriter,
  before: MachineState | null,
  { push, at: receivedAt }: Arrived,
): Promise<boolean> {
  const told = toldFindings(push);
  if (!told) return false;
  const hadSome = before !== null && before.host.worstKind !== null;
  const open = hadSome ? await writer.openFindings(push.hostId) : [];
  const changes = findingChanges(open, told.findings, { at: told.at, receivedAt });
  if (!isAnyChange(changes)) return false;
  await writer.saveFindings(push.hostId, changes);
  return true;
}

/** The whole list, and when the agent told it; null where the push has none. */
function toldFindings(push: ChangingPush): { readonly findings: readonly Finding[]; readonly at: Instant } | null {
  if (push.kind === 'full') return { findings: push.snapshot.findings, at: push.snapshot.takenAt };
  return push.kind === 'change' && push.findings ? { findings: push.findings, at: push.sentAt } : null;
}

/** A new agent start: between the last sign of life and its first scan nobody looked. */
async function bridgeGap(
  writer: StoreWriter,
  before: MachineState,
  after: MachineState,
  { push, at, lastSeenAt }: Arrived & { readonly push: FullPush },
): Promise<void> {
  if (before.host.agent.startedAt === push.agentStartedAt) return;
  const from = lastSeenAt ?? Date.parse(before.host.takenAt);
  const to = Date.parse(push.snapshot.takenAt);
  if (from < to) await writer.addGap(push.hostId, { from, to });
  await writer.addEvents(push.hostId, eventsAcrossGap(before, after, push, at));
}

/** An agent knows since when it did not look; events it had to drop leave a gap since the last time it could report. */
async function addLosses(writer: StoreWriter, { push, lastSeenAt }: Arrived): Promise<void> {
  const events = push.kind === 'leaving' ? [] : (push.events ?? []);
  for (const loss of events.filter(({ kind }) => kind === 'gap')) {
    const from = loss.from === undefined ? lastSeenAt : Date.parse(loss.from);
    const to = Date.parse(loss.at);
    if (from !== null && from < to) await writer.addGap(push.hostId, { from, to });
  }
}
