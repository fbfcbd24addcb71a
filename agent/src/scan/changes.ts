import { type ClosedListener, type Event, type EventKind, type Holder, type Listener } from '../contract.ts';
import { fingerprint, holderKey, listenerKey } from './fingerprint.ts';

/** An event before the agent numbers it. */
export type UnnumberedEvent = Omit<Event, 'id'>;

/** What happened between two looks. */
export interface Changes {
  readonly opened: readonly Listener[];
  /** Those whose part of the digest differs, as they are now. */
  readonly changed: readonly Listener[];
  readonly closed: readonly ClosedListener[];
  /** Closings first, so that a port taken over reads in its order. */
  readonly events: readonly UnnumberedEvent[];
}

interface Pair {
  readonly old: Listener;
  readonly now: Listener;
}

export function changesBetween(before: readonly Listener[], after: readonly Listener[], at: Date): Changes {
  const known = new Map(before.map((listener) => [listenerKey(listener), listener]));
  const present = new Set(after.map(listenerKey));
  const opened = after.filter((listener) => !known.has(listenerKey(listener)));
  const closed = before.filter((listener) => !present.has(listenerKey(listener)));
  const changed = after.flatMap((now) => {
    const old = known.get(listenerKey(now));
    return old !== undefined && fingerprint(old) !== fingerprint(now) ? [{ old, now }] : [];
  });
  return {
    opened,
    changed: changed.map(({ now }) => now),
    closed: closed.map(nameOf),
    events: [
      ...closed.map((listener) => eventOf(at, 'closed', listener)),
      ...opened.map((listener) => eventOf(at, 'opened', listener)),
      ...changed.flatMap((pair) => changeEvents(at, pair)),
    ],
  };
}

function nameOf({ protocol, address, port, networkNamespace, inode }: Listener): ClosedListener {
  return { protocol, address, port, networkNamespace, inode };
}

function eventOf(at: Date, kind: EventKind, listener: Listener, detail: string | null = null): UnnumberedEvent {
  return { at: at.toISOString(), kind, ...nameOf(listener), holders: listener.holders, detail };
}

function changeEvents(at: Date, pair: Pair): UnnumberedEvent[] {
  return [...holderEvents(at, pair), ...queueEvents(at, pair)];
}

function holderEvents(at: Date, { old, now }: Pair): UnnumberedEvent[] {
  const joined = missingFrom(old.holders, now.holders);
  const left = missingFrom(now.holders, old.holders);
  if (joined.length > 0 || left.length > 0) {
    return [eventOf(at, 'holders-changed', now, describeHolders(joined, left))];
  }
  const replaced = replacedPrograms(old.holders, now.holders);
  return replaced.length > 0 ? [eventOf(at, 'program-changed', now, replaced.join('; '))] : [];
}

/** A queue that moved and stands still again between two looks is stuck as before: another time says so. */
function queueEvents(at: Date, { old, now }: Pair): UnnumberedEvent[] {
  const [wasStuck, isStuck] = [old, now].map(({ acceptQueueStuckSince }) => acceptQueueStuckSince !== null);
  if (wasStuck === isStuck) return [];
  return [eventOf(at, isStuck ? 'queue-stuck' : 'queue-moving', now, `${now.acceptQueue ?? 0} waiting`)];
}

/** Of `holders`, those that `others` lacks. */
function missingFrom(others: readonly Holder[], holders: readonly Holder[]): Holder[] {
  const known = new Set(others.map(holderKey));
  return holders.filter((holder) => !known.has(holderKey(holder)));
}

function describeHolders(joined: readonly Holder[], left: readonly Holder[]): string {
  const parts = [
    ...joined.map(({ pid, program }) => `${program} (pid ${pid}) joined`),
    ...left.map(({ pid, program }) => `${program} (pid ${pid}) left`),
  ];
  return parts.join('; ');
}

function replacedPrograms(old: readonly Holder[], now: readonly Holder[]): string[] {
  const programs = new Map(old.map((holder) => [holderKey(holder), holder.programKey]));
  return now.flatMap((holder) => {
    const former = programs.get(holderKey(holder));
    return former === holder.programKey ? [] : [`pid ${holder.pid}: ${former ?? 'unknown'} → ${holder.programKey}`];
  });
}
