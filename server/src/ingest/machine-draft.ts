import type { Finding } from '@portlight/agent/contract';
import type { Gap, NewEvent, StoredEvent } from '../store/event-store.ts';
import type { FindingChanges } from '../store/finding-store.ts';
import type { MachineRows, OfHost, Seen, SeenHost, SequenceMark, StoreWriter } from '../store/store.ts';
import type { ArrivedPush } from './arrived-push.ts';
import type { MachineState } from './machine-state.ts';
import { rowChanges } from './row-changes.ts';
import { areSameRows } from './rows-hash.ts';

/**
 * A machine while a batch of pushes is applied to it: read once, changed in memory, written once. However many pushes come
 * together, the store is asked a handful of times.
 */
export interface MachineDraft {
  readonly hostId: string;
  /** As it is in the store; null when it is unknown. */
  readonly stored: MachineState | null;
  /** When any instance had heard of it before the batch; null when none ever did. */
  readonly storedSeenAt: number | null;
  /** Nothing in the batch touches its rows but their numbers: they were not read. */
  readonly areRowsKept: boolean;
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
  /** A push was applied to it. */
  hasChanged: boolean;
}

export type Drafts = ReadonlyMap<string, MachineDraft>;

const NO_ROWS: MachineRows = { listeners: [], processes: new Map() };

export async function readDrafts(writer: StoreWriter, batch: readonly ArrivedPush[]): Promise<Drafts> {
  const pushes = Map.groupBy(batch, ({ push }) => push.hostId);
  const hostIds = [...pushes.keys()];
  await writer.lock(hostIds);
  const known = new Map((await writer.hosts(hostIds)).map((seen) => [seen.host.host.id, seen]));
  const keptRows = new Set(hostIds.filter((hostId) => keepsRows(pushes.get(hostId) ?? [], known.get(hostId))));
  const rows = await writer.rows(hostIds.filter((hostId) => known.has(hostId) && !keptRows.has(hostId)));
  const starts = Map.groupBy(await writer.sequencesOf(batch.map(({ push }) => push)), ({ hostId }) => hostId);
  const troubled = hostIds.filter((hostId) => (known.get(hostId)?.host.worstKind ?? null) !== null);
  const open = Map.groupBy(await writer.openFindings(troubled), ({ hostId }) => hostId);
  const drafts = new Map<string, MachineDraft>();
  for (const [hostId, ofHost] of pushes) {
    const before = known.get(hostId);
    const stored = before ? { host: before.host, ...(rows.get(hostId) ?? NO_ROWS) } : null;
    const sequences = (starts.get(hostId) ?? []).map((one) => [Date.parse(one.agentStartedAt), one.sequence] as const);
    drafts.set(hostId, {
      ...{ hostId, stored, machine: stored, storedSeenAt: before?.seen?.at ?? null, areRowsKept: keptRows.has(hostId) },
      storedEvents: before ? await eventsBefore(writer, before, ofHost) : [],
      open: (open.get(hostId) ?? []).map(({ finding }) => finding),
      sequences: new Map(sequences),
      ...{ events: [], gaps: [], findingChanges: [], marks: new Map(), seen: null, hasChanged: false },
    });
  }
  return drafts;
}

/** A lone full snapshot of the same rows, or a goodbye. */
function keepsRows(pushes: readonly ArrivedPush[], known: SeenHost | undefined): boolean {
  const [only, ...others] = pushes;
  if (!known || !only || others.length > 0) return false;
  if (only.push.kind === 'leaving') return true;
  return only.told !== null && areSameRows(only.told.host.rowsHash, known.host.rowsHash);
}

/** An agent that spooled events may have told of sockets before its whole snapshot does. */
async function eventsBefore(
  writer: StoreWriter,
  { host }: SeenHost,
  pushes: readonly ArrivedPush[],
): Promise<readonly StoredEvent[]> {
  const isTold = pushes.some(
    ({ push }) =>
      push.kind === 'full' && push.lookedUntil !== undefined && push.agentStartedAt !== host.agent.startedAt,
  );
  return isTold ? await writer.eventsSince(host.host.id, Date.parse(host.takenAt)) : [];
}

/** @param now the server's clock: what is announced as of long ago, because it waited for the store, is not looked for any more */
export async function writeDrafts(writer: StoreWriter, drafts: Drafts, now: () => number): Promise<void> {
  const all = [...drafts.values()];
  const changed = all.filter((draft) => draft.hasChanged);
  const touched = changed.filter(({ areRowsKept }) => !areRowsKept);
  await writer.addEvents(ofHosts(all, ({ events }) => events));
  await writer.addGaps(ofHosts(all, ({ gaps }) => gaps));
  await writer.saveHosts(changed.flatMap(({ machine }) => machine?.host ?? []));
  await writer.saveRows(ofHosts(touched, ({ stored, machine }) => (machine ? [rowChanges(stored, machine)] : [])));
  await writer.saveNumbers(ofHosts(changed.filter(haveOtherNumbers), ({ machine }) => machine?.listeners ?? []));
  await writer.saveFindings(ofHosts(changed, ({ findingChanges }) => findingChanges));
  await writer.markSequences(ofHosts(changed, ({ marks }) => [...marks.values()]));
  await writer.markSeen(changed.flatMap(({ seen }) => seen ?? []));
  const at = now();
  await writer.announce(
    ofHosts(changed, ({ findingChanges }) => [{ at, haveFindingsChanged: findingChanges.length > 0 }]),
  );
}

function haveOtherNumbers({ areRowsKept, stored, machine }: MachineDraft): boolean {
  return areRowsKept && stored?.host.rowsHash !== machine?.host.rowsHash;
}

function ofHosts<T extends object>(
  drafts: readonly MachineDraft[],
  pick: (draft: MachineDraft) => readonly T[],
): readonly OfHost<T>[] {
  return drafts.flatMap((draft) => pick(draft).map((one) => ({ ...one, hostId: draft.hostId })));
}
