import type {
  ChangePush,
  Finding,
  FindingKind,
  FullPush,
  Holder,
  PushedListener,
  Severity,
} from '@portlight/agent/contract';
import { groupOf } from '../hosts/group-of.ts';
import type { HostCounts, HostRecord, KeptListener, Machine } from '../store/store.ts';
import { worstKind } from '../store/worst-kind.ts';
import { onePerTrouble } from './finding-changes.ts';
import { listenerKey } from './listener-key.ts';
import { rowsHash } from './rows-hash.ts';

/** Of a push, what the server knows about its arrival. */
export interface Arrival {
  /** Server's clock. */
  readonly at: number;
  /** Peer of the connection; null when it is gone already. */
  readonly address: string | null;
}

/** A machine without its sign of life; of its findings only how many and how bad. */
export type MachineState = Omit<Machine, 'seen'>;

/** What a full snapshot makes of a machine, whatever was known before. */
export function afterFull(before: MachineState | null, push: FullPush, arrival: Arrival): MachineState {
  const told = toldByFull(push, arrival);
  return before ? continued(told, before, areOfSameBoot(before, push)) : told;
}

/** What a full snapshot says by itself. */
export function toldByFull(push: FullPush, arrival: Arrival): MachineState {
  const { host, agent, coverage, kernel, findings, takenAt } = push.snapshot;
  const listeners = push.snapshot.listeners.map((listener) => byPid(listener, push.processes));
  const record = {
    host,
    group: groupOf(host),
    agent,
    coverage,
    kernel,
    digest: push.digest,
    liveToken: push.liveToken,
    pushAddress: arrival.address,
    takenAt,
    firstSeenAt: arrival.at,
    hasLeft: false,
  };
  return assemble({ ...record, ...verdictOf(findings) }, null, listeners, processesByPid(push.processes));
}

/** With what was known before and stays true. */
export function continued(told: MachineState, before: MachineState, isSameBoot: boolean): MachineState {
  const { firstSeenAt, hostNamespace } = before.host;
  const host = { ...told.host, firstSeenAt, hostNamespace: told.host.hostNamespace ?? hostNamespace };
  return { ...told, host, listeners: isSameBoot ? keepOpenedAt(before, told.listeners) : told.listeners };
}

export function areOfSameBoot(before: MachineState, { bootId }: FullPush): boolean {
  return bootId !== null && before.host.host.bootId === bootId;
}

/** The same socket in the same boot was open before this agent start: what was known of it stays true. */
function keepOpenedAt(before: MachineState, listeners: readonly KeptListener[]): readonly KeptListener[] {
  const known = new Map(before.listeners.map((listener) => [listenerKey(listener), listener.openedAt]));
  return listeners.map((listener) => ({
    ...listener,
    openedAt: listener.openedAt ?? known.get(listenerKey(listener)) ?? null,
  }));
}

/** What a change makes of the state it was made from. */
export function afterChange(before: MachineState, push: ChangePush): MachineState {
  const listeners = new Map(before.listeners.map((listener) => [listenerKey(listener), listener]));
  for (const closed of push.closed) listeners.delete(listenerKey(closed));
  for (const listener of [...push.opened, ...push.changed]) {
    listeners.set(listenerKey(listener), byPid(listener, push.processes));
  }
  const processes = new Map([...before.processes, ...processesByPid(push.processes)]);
  const verdict = push.findings ? verdictOf(push.findings) : {};
  const record = { ...before.host, ...verdict, digest: push.digest, takenAt: push.sentAt, hasLeft: false };
  return assemble(record, before.host.hostNamespace, [...listeners.values()], processes);
}

export function afterLeaving(before: MachineState): MachineState {
  return { ...before, host: { ...before.host, hasLeft: true } };
}

/** How many findings of each severity, and of which kind. */
interface Verdict {
  readonly counts: Pick<HostCounts, Severity>;
  readonly isOffPort: boolean;
  readonly worstKind: FindingKind | null;
}

function verdictOf(told: readonly Finding[]): Verdict {
  const findings = onePerTrouble(told);
  const countOf = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const counts = { critical: countOf('critical'), warning: countOf('warning'), notice: countOf('notice') };
  const isOffPort = findings.some(({ kind }) => kind === 'drift' || kind === 'ladder');
  return { counts, isOffPort, worstKind: worstKind(findings) };
}

function assemble(
  record: Omit<HostRecord, 'hostNamespace' | 'counts' | 'rowsHash'> & Verdict,
  knownNamespace: string | null,
  listeners: readonly KeptListener[],
  processes: ReadonlyMap<number, Holder>,
): MachineState {
  const held = new Set(listeners.flatMap(({ holders }) => holders));
  const hostNamespace = listeners.find(({ isHostNamespace }) => isHostNamespace)?.networkNamespace ?? knownNamespace;
  const { critical, warning, notice } = record.counts;
  const alive = new Map([...processes].filter(([pid]) => held.has(pid)));
  const counts = { ...countsOf(listeners), critical, warning, notice };
  const host = { ...record, hostNamespace, counts, rowsHash: rowsHash(record.digest, listeners, alive) };
  return { host, listeners, processes: alive };
}

function byPid(listener: PushedListener, processes: readonly Holder[]): KeptListener {
  return { ...listener, holders: listener.holders.flatMap((index) => processes[index]?.pid ?? []) };
}

function processesByPid(processes: readonly Holder[]): ReadonlyMap<number, Holder> {
  return new Map(processes.map((holder) => [holder.pid, holder]));
}

function countsOf(listeners: readonly KeptListener[]): Omit<HostCounts, Severity> {
  const own = listeners.filter(({ isHostNamespace }) => isHostNamespace);
  return {
    listeners: listeners.length,
    tcp: listeners.filter(({ protocol }) => protocol === 'tcp').length,
    udp: listeners.filter(({ protocol }) => protocol === 'udp').length,
    unattributed: listeners.filter(({ holders }) => holders.length === 0).length,
    loopback: own.filter(({ exposure }) => exposure === 'loopback').length,
    private: own.filter(({ exposure }) => exposure === 'private').length,
    public: own.filter(({ exposure }) => exposure === 'public').length,
    any: own.filter(({ exposure }) => exposure === 'any').length,
  };
}
