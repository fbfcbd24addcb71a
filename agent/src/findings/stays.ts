import { type Holder, type Listener, type Snapshot } from '../contract.ts';
import { holderKey } from '../scan/fingerprint.ts';
import { queueStory, type QueueStory } from './queue-stories.ts';

/** One process holding one listening TCP socket: from when, and until when if it is over. */
export interface Stay {
  readonly holder: Holder;
  /** As last seen. */
  readonly listener: Listener;
  /** When its holder started, in milliseconds since 1970 as all times here; where that is unknown, when it was first seen. */
  readonly startedAt: number;
  /** When it was first seen listening; when its holder started if that was before the agent. */
  readonly since: number;
  /** Null: it lasts. */
  readonly endedAt: number | null;
  /** When the executable of its holder was first seen replaced; null: it was not, or before the first look at it. */
  readonly replacedAt: number | null;
  /** When connections were last seen that it had accepted; null: never. */
  readonly connectedAt: number | null;
}

/** What was seen of a socket since it opened. */
interface SocketStory {
  /** The program of its first holder; of a late agent the oldest one it found. */
  readonly owner: string;
  /** The holder that was there first. */
  readonly opener: Holder;
  /** Since when only processes of other programs hold it; null: its own does. */
  readonly abandonedAt: number | null;
}

/** What was seen until now. */
export interface History {
  /** When the first look was; null before it. */
  readonly begunAt: number | null;
  /** By {@link stayKey}: all that last, and those that ended within {@link KEPT_MS}. */
  readonly stays: ReadonlyMap<string, Stay>;
  /** By {@link socketKey}, of sockets that are open. */
  readonly sockets: ReadonlyMap<string, SocketStory>;
  /** By {@link socketKey}, of those where connections wait in vain. */
  readonly queues: ReadonlyMap<string, QueueStory>;
}

export const NO_HISTORY: History = { begunAt: null, stays: new Map(), sockets: new Map(), queues: new Map() };

/** Ladders are judged over an hour. */
export const KEPT_MS = 3_600_000;
/** A program that opens and closes a thousand ports a second is not remembered whole: the newest are. */
const MOST_ENDED = 2_000;

/** PID 1 holds the sockets of the services it starts on demand; it serves none of them. */
const INIT = 1;

type SocketName = Pick<Listener, 'networkNamespace' | 'inode'>;

export const socketKey = ({ networkNamespace, inode }: SocketName): string => `${networkNamespace} ${inode}`;
const stayKey = (listener: SocketName, holder: Holder) => `${socketKey(listener)} ${holderKey(holder)}`;

/** The history with what a snapshot shows. */
export function remember(history: History, snapshot: Snapshot): History {
  const now = Date.parse(snapshot.takenAt);
  const listeners = snapshot.listeners.filter(({ protocol }) => protocol === 'tcp');
  const sockets = new Map(listeners.flatMap((listener) => storyOf(history, listener, now)));
  const lasting = listeners.flatMap((listener) => staysOf(history, listener, sockets, snapshot));
  return {
    begunAt: history.begunAt ?? now,
    sockets,
    queues: new Map(listeners.flatMap((listener) => queueOf(history, listener, snapshot, now))),
    stays: new Map([...endedStays(history, lasting, now), ...lasting]),
  };
}

function queueOf({ queues }: History, listener: Listener, { kernel }: Snapshot, now: number): [string, QueueStory][] {
  const key = socketKey(listener);
  const story = queueStory(queues.get(key), listener, kernel, now);
  return story === null ? [] : [[key, story]];
}

/** Nobody's story is told of a socket whose holders are unknown, or PID 1 alone. */
function storyOf({ sockets }: History, listener: Listener, now: number): [string, SocketStory][] {
  const key = socketKey(listener);
  const before = sockets.get(key);
  const holders = listener.holders.filter(({ pid }) => pid !== INIT);
  const [oldest] = holders;
  if (oldest === undefined) return before === undefined ? [] : [[key, before]];
  if (before === undefined) return [[key, { owner: oldest.programKey, opener: oldest, abandonedAt: null }]];
  // exec keeps the process and changes its program.
  const opener = holders.find((holder) => holderKey(holder) === holderKey(before.opener)) ?? before.opener;
  const owner = opener === before.opener ? before.owner : opener.programKey;
  const isOwned = holders.some(({ programKey }) => programKey === owner);
  return [[key, { owner, opener, abandonedAt: isOwned ? null : (before.abandonedAt ?? now) }]];
}

/** Those of the socket's own program; of another one only when it is all that is left. */
function staysOf(
  { stays }: History,
  listener: Listener,
  sockets: History['sockets'],
  { host, takenAt }: Snapshot,
): [string, Stay][] {
  const owner = sockets.get(socketKey(listener))?.owner;
  const openedAt = listener.openedAt === null ? null : Date.parse(listener.openedAt);
  return listener.holders
    .filter(({ programKey }) => programKey === owner)
    .map((holder) => {
      const key = stayKey(listener, holder);
      const before = stays.get(key);
      const startedAt = startOf(holder, host.bootedAt) ?? openedAt ?? Date.parse(takenAt);
      // A worker that came later has held the socket since its own start.
      const since = before?.since ?? Math.max(openedAt ?? startedAt, startedAt);
      const replacedAt = replacementOf(before, holder, takenAt);
      const isConnected = (listener.connections?.established ?? 0) > 0;
      const connectedAt = isConnected ? Date.parse(takenAt) : (before?.connectedAt ?? null);
      return [key, { holder, listener, startedAt, since, endedAt: null, replacedAt, connectedAt }];
    });
}

function replacementOf(before: Stay | undefined, { executableDeleted }: Holder, takenAt: string): number | null {
  if (!executableDeleted || before === undefined) return null;
  return before.holder.executableDeleted ? before.replacedAt : Date.parse(takenAt);
}

/** USER_HZ is 100 on x64 and arm64: 10 ms a tick. All from one boot time, so that its steps move all alike. */
function startOf({ startTicks }: Holder, bootedAt: string | null): number | null {
  return startTicks === null || bootedAt === null ? null : Date.parse(bootedAt) + startTicks * 10;
}

function endedStays({ stays }: History, lasting: readonly (readonly [string, Stay])[], now: number) {
  const present = new Set(lasting.map(([key]) => key));
  const ended = [...stays]
    .filter(([key]) => !present.has(key))
    .map(([key, stay]): [string, Stay] => [key, { ...stay, endedAt: stay.endedAt ?? now }])
    .filter(([, { endedAt }]) => endedAt !== null && now - endedAt < KEPT_MS);
  return ended.length > MOST_ENDED
    ? ended.toSorted(([, a], [, b]) => Number(a.endedAt) - Number(b.endedAt)).slice(-MOST_ENDED)
    : ended;
}
