import type { Finding, Instant } from '@portlight/agent/contract';
import type { FindingChanges } from '../store/finding-store.ts';
import type { Gap, NewEvent, StoredEvent } from '../store/event-store.ts';
import type { Machine, OfHost, Seen, SequenceMark, StoreWriter } from '../store/store.ts';
import type { MachineState } from './machine-state.ts';
import { rowChanges } from './row-changes.ts';

/**
 * A machine while a batch of pushes is applied to it: read once, changed in memory, written once. However many pushes come
 * together, the store is asked a handful of times.
 */
export interface MachineDraft {
  readonly hostId: string;
  /** As it is in the store; null when it is unknown. */
  readonly stored: Machine | null;
  /** Its events in the store since it changed last; only read where an agent tells what happened before its start. */
  readonly storedEvents: readonly StoredEvent[];
  /** As it is after the pushes so far. */
  machine: MachineState | null;
  open: readonly Finding[];
  /** Last sequences applied, by agent start in milliseconds. */
  readonly sequences: Map<number, number>;
  readonly events: NewEvent[];
  readonly gaps: Gap[];
  readonly findingChanges: FindingChanges[];
  readonly marks: Map<number, SequenceMark>;
  seen: Seen | null;
  /** When a push changed something; null when none did. */
  changedAt: number | null;
}

/** What is to be read of a machine. */
export interface DraftWanted {
  readonly hostId: string;
  readonly agentStartedAt: Instant;
  readonly needsStoredEvents: boolean;
}

export type Drafts = ReadonlyMap<string, MachineDraft>;

export async function readDrafts(writer: StoreWriter, wanted: readonly DraftWanted[]): Promise<Drafts> {
  const hostIds = [...new Set(wanted.map(({ hostId }) => hostId))];
  const machines = await writer.machines(hostIds);
  const starts = Map.groupBy(await writer.sequencesOf(wanted), ({ hostId }) => hostId);
  const troubled = hostIds.filter((hostId) => (machines.get(hostId)?.host.worstKind ?? null) !== null);
  const open = Map.groupBy(await writer.openFindings(troubled), ({ hostId }) => hostId);
  const drafts = new Map<string, MachineDraft>();
  for (const hostId of hostIds) {
    const stored = machines.get(hostId) ?? null;
    const needsEvents = stored !== null && wanted.some((one) => one.hostId === hostId && one.needsStoredEvents);
    const known = starts.get(hostId) ?? [];
    drafts.set(hostId, {
      ...{ hostId, stored, machine: stored, seen: null, changedAt: null },
      storedEvents: needsEvents ? await writer.eventsSince(hostId, Date.parse(stored.host.takenAt)) : [],
      open: (open.get(hostId) ?? []).map(({ finding }) => finding),
      sequences: new Map(known.map(({ agentStartedAt, sequence }) => [Date.parse(agentStartedAt), sequence])),
      ...{ events: [], gaps: [], findingChanges: [], marks: new Map() },
    });
  }
  return drafts;
}

export async function writeDrafts(writer: StoreWriter, drafts: Drafts): Promise<void> {
  const all = [...drafts.values()];
  const changed = all.filter((draft) => draft.changedAt !== null);
  await writer.addEvents(ofHosts(all, ({ events }) => events));
  await writer.addGaps(ofHosts(all, ({ gaps }) => gaps));
  await writer.saveHosts(changed.flatMap(({ machine }) => machine?.host ?? []));
  await writer.saveRows(ofHosts(changed, ({ stored, machine }) => (machine ? [rowChanges(stored, machine)] : [])));
  await writer.saveFindings(ofHosts(changed, ({ findingChanges }) => findingChanges));
  await writer.markSequences(ofHosts(changed, ({ marks }) => [...marks.values()]));
  await writer.markSeen(changed.flatMap(({ seen }) => seen ?? []));
  await writer.announce(
    ofHosts(changed, ({ changedAt, findingChanges }) => [
      { at: changedAt ?? 0, haveFindingsChanged: findingChanges.length > 0 },
    ]),
  );
}

function ofHosts<T extends object>(
  drafts: readonly MachineDraft[],
  pick: (draft: MachineDraft) => readonly T[],
): readonly OfHost<T>[] {
  return drafts.flatMap((draft) => pick(draft).map((one) => ({ ...one, hostId: draft.hostId })));
}
