import { type Holder, type Listener, type StaleCause } from '../contract.ts';
import { holderKey } from '../scan/fingerprint.ts';
import { type Drift } from './drift.ts';
import { type Ladder } from './ladder.ts';
import { serviceUnitOf, type Instance, type Program } from './programs.ts';

/** A process that still holds a port although another one has taken over. */
export interface LeftBehind {
  readonly holder: Holder;
  readonly listener: Listener;
  /** When the one that took over began to listen. */
  readonly since: number;
  readonly cause: StaleCause;
  /** The agent saw how it came about; else it is concluded from what is. */
  readonly isCertain: boolean;
}

const MOST = 100;

/** Of a drift: who is in the way at home. */
export function behindDrift({ inTheWay, newest, elsewhere }: Drift, program: Program): readonly LeftBehind[] {
  return inTheWay
    .flatMap((listener) => holdersLeft(listener, program, newest).map((one) => ({ ...one, since: elsewhere.since })))
    .slice(0, MOST);
}

/** Of a ladder: whoever holds a rung below the top, since the next one was taken. */
export function behindLadder({ rungs, newest }: Ladder): readonly LeftBehind[] {
  return rungs.flatMap(({ stay }, at) => {
    const next = rungs[at + 1];
    if (next === undefined || stay.endedAt !== null) return [];
    const { holder, listener } = stay;
    return [{ holder, listener, since: next.stay.since, cause: causeOf(holder, newest), isCertain: true }];
  });
}

type Left = Omit<LeftBehind, 'since'>;

function holdersLeft(listener: Listener, program: Program, newest: Instance): readonly Left[] {
  const own = program.instances.filter(
    ({ key, startedAt }) =>
      startedAt <= newest.startedAt && listener.holders.some((holder) => holderKey(holder) === key),
  );
  if (own.length > 0) {
    return own.map(({ holder }) => ({ holder, listener, cause: causeOf(holder, newest), isCertain: true }));
  }
  const isAbandoned = program.abandoned.some((one) => one.listener.inode === listener.inode);
  // Who was seen to open it did not inherit it.
  const orphans = listener.openedAt === null ? listener.holders.filter((holder) => isOrphan(holder, newest)) : [];
  if (!isAbandoned && orphans.length < Math.max(1, listener.holders.length)) return [];
  return listener.holders
    .filter(({ pid }) => pid !== 1)
    .map((holder) => ({ holder, listener, cause: 'inherited', isCertain: isAbandoned }));
}

/** Its parent is gone, and nothing says that it is a service of its own. */
function isOrphan(holder: Holder, newest: Instance): boolean {
  const unit = serviceUnitOf(holder);
  return (
    holder.parentPid === 1 &&
    holder.pid !== 1 &&
    holder.programKey !== newest.holder.programKey &&
    holder.uid === newest.holder.uid &&
    unit === serviceUnitOf(newest.holder)
  );
}

/** Why a process of the program itself is still there. */
export function causeOf(old: Holder, { holder: newer }: Pick<Instance, 'holder'>): StaleCause {
  if (old.executableDeleted && !newer.executableDeleted) return 'replaced';
  return serviceUnitOf(old) === serviceUnitOf(newer) ? 'ignored-sigterm' : 'other-starter';
}
