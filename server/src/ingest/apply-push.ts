import type { Finding, FullPush, Instant } from '@portlight/agent/contract';
import type { StoreWriter } from '../store/store.ts';
import type { ArrivedPush, ChangingPush } from './arrived-push.ts';
import { findingChanges, isAnyChange, openAfter } from './finding-changes.ts';
import { readDrafts, writeDrafts, type MachineDraft } from './machine-draft.ts';
import { afterChange, afterLeaving, areOfSameBoot, continued, type MachineState } from './machine-state.ts';
import { eventsAcrossGap, pushedEvents } from './new-events.ts';

/** What is kept of a machine after a push; null when nothing is. */
export type Applied = { readonly machine: MachineState; readonly hasChanged: boolean } | null;

/** Writes what a batch of pushes brings, in their order. */
export async function applyPushes(
  writer: StoreWriter,
  batch: readonly ArrivedPush[],
  now: () => number,
): Promise<readonly Applied[]> {
  const drafts = await readDrafts(writer, batch);
  const applied = batch.map((arrived) => {
    const draft = drafts.get(arrived.push.hostId);
    return draft ? applyPush(draft, arrived) : null;
  });
  await writeDrafts(writer, drafts, now);
  return applied;
}

/** Events are always kept; the machine's state only changes where nothing has to be guessed. */
function applyPush(draft: MachineDraft, arrived: ArrivedPush): Applied {
  const { push, at } = arrived;
  const start = Date.parse(push.agentStartedAt);
  const lastSequence = draft.sequences.get(start);
  draft.events.push(...pushedEvents(push, at));
  if (lastSequence !== undefined && push.sequence <= lastSequence) return unchanged(draft);
  addLosses(draft, arrived);
  const before = draft.machine;
  const after = nextState(before, arrived);
  if (!after) return unchanged(draft);
  draft.machine = after;
  applyFindings(draft, arrived);
  if (push.kind === 'full' && before) bridgeGap(draft, before, after, { ...arrived, push });
  const { hostId, agentStartedAt, bootId, sequence, sentAt } = push;
  draft.sequences.set(start, sequence);
  draft.marks.set(start, { agentStartedAt, bootId, sequence, at });
  const { aliveEverySeconds } = arrived;
  draft.seen = { hostId, at, clockOffsetMs: Date.parse(sentAt) - at, aliveEverySeconds };
  draft.hasChanged = true;
  return { machine: after, hasChanged: true };
}

function unchanged({ machine }: MachineDraft): Applied {
  return machine && { machine, hasChanged: false };
}

/** When the machine was heard of last, by this instance or another. */
function lastSeenAt({ storedSeenAt, seen }: MachineDraft, arrived: ArrivedPush): number | null {
  const known = [arrived.lastSeenAt, storedSeenAt, seen?.at].filter((at) => at != null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Null where the push was made from another state than the kept one. */
function nextState(before: MachineState | null, { push, told }: ArrivedPush): MachineState | null {
  if (push.kind === 'full') return before && told ? continued(told, before, areOfSameBoot(before, push)) : told;
  if (before?.host.agent.startedAt !== push.agentStartedAt) return null;
  if (push.kind === 'leaving') return afterLeaving(before);
  return before.host.digest === push.baseDigest ? afterChange(before, push) : null;
}

/** A push without a list, or one like that before, changes nothing. */
function applyFindings(draft: MachineDraft, { push, at: receivedAt }: ArrivedPush): void {
  const told = toldFindings(push);
  if (!told) return;
  const changes = findingChanges(draft.open, told.findings, { at: told.at, receivedAt });
  if (!isAnyChange(changes)) return;
  draft.findingChanges.push(changes);
  draft.open = openAfter(draft.open, changes);
}

/** The whole list, and when the agent told it; null where the push has none. */
function toldFindings(push: ChangingPush): { readonly findings: readonly Finding[]; readonly at: Instant } | null {
  if (push.kind === 'full') return { findings: push.snapshot.findings, at: push.snapshot.takenAt };
  return push.kind === 'change' && push.findings ? { findings: push.findings, at: push.sentAt } : null;
}

/**
 * A new agent start: between the last sign of life and its first scan nobody looked, unless the agent knows better and tells
 * a gap of its own among its events.
 */
function bridgeGap(
  draft: MachineDraft,
  before: MachineState,
  after: MachineState,
  arrived: ArrivedPush & { readonly push: FullPush },
): void {
  const { push, at } = arrived;
  if (before.host.agent.startedAt === push.agentStartedAt) return;
  const from = lastSeenAt(draft, arrived) ?? Date.parse(before.host.takenAt);
  const to = Date.parse(push.snapshot.takenAt);
  if (push.lookedUntil === undefined && from < to) draft.gaps.push({ from, to });
  // The same rows hold the same sockets.
  if (draft.areRowsKept) return;
  draft.events.push(...eventsAcrossGap(before, after, push, { receivedAt: at, stored: draft.storedEvents }));
}

/** An agent knows since when it did not look; events it had to drop leave a gap since the last time it could report. */
function addLosses(draft: MachineDraft, arrived: ArrivedPush): void {
  const { push } = arrived;
  const events = push.kind === 'leaving' ? [] : (push.events ?? []);
  for (const loss of events.filter(({ kind }) => kind === 'gap')) {
    const from = loss.from === undefined ? lastSeenAt(draft, arrived) : Date.parse(loss.from);
    const to = Date.parse(loss.at);
    if (from !== null && from < to) draft.gaps.push({ from, to });
  }
}
