import { type Holder, type Listener } from '../contract.ts';

/** The same sockets, held by the same processes that run the same programs: what judgement rests on, compared without words. */
export function isSameSight(before: readonly Listener[], now: readonly Listener[]): boolean {
  return before.length === now.length && before.every((listener, at) => isSameListener(listener, now[at]));
}

function isSameListener(one: Listener, other: Listener | undefined): boolean {
  return (
    one.inode === other?.inode &&
    one.port === other.port &&
    one.networkNamespace === other.networkNamespace &&
    one.protocol === other.protocol &&
    one.address === other.address &&
    one.acceptQueueStuckSince === other.acceptQueueStuckSince &&
    one.holders.length === other.holders.length &&
    one.holders.every((holder, at) => isSameHolder(holder, other.holders[at]))
  );
}

function isSameHolder(one: Holder, other: Holder | undefined): boolean {
  return (
    one.pid === other?.pid &&
    one.startTicks === other.startTicks &&
    one.parentPid === other.parentPid &&
    one.programKey === other.programKey &&
    one.executableDeleted === other.executableDeleted
  );
}
