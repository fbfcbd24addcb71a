import { type Holder } from '../contract.ts';
import { type LeftBehind } from './left-behind.ts';
import { serviceUnitOf } from './programs.ts';
import { placeText, timeText } from './words.ts';

const STATES: Readonly<Record<string, string>> = {
  T: 'stopped (state T)',
  t: 'stopped by a debugger (state t)',
  D: 'in an uninterruptible wait (state D)',
};

/** Why a process does nothing at all, as its state tells; null where it does not. */
export function standstill({ state }: Holder): string | null {
  return state === null ? null : (STATES[state] ?? null);
}

/** What is seen of a process that still holds a port, and of how it came about. */
export function holderEvidence(left: LeftBehind, newer: Holder): readonly string[] {
  const { holder, listener } = left;
  const state = standstill(holder);
  return [
    `${holder.program} (pid ${holder.pid}), started ${timeText(holder.startedAt)}, still holds ${placeText(listener)}.`,
    causeEvidence(left, newer),
    ...(state === null ? [] : [`Pid ${holder.pid} is ${state}: it accepts no connections.`]),
  ];
}

function causeEvidence({ cause, holder, isCertain }: LeftBehind, newer: Holder): string {
  switch (cause) {
    case 'inherited':
      return isCertain
        ? `Pid ${holder.pid} did not open the socket: it has it from a process of ${newer.program} that is gone.`
        : `Probably inherited: pid ${holder.pid} is an orphan of another program beside ${newer.program}.`;
    case 'replaced':
      return `The program file of pid ${holder.pid} was replaced or removed while it ran.`;
    case 'other-starter':
      return `Pid ${holder.pid} runs in ${serviceUnitOf(holder) ?? 'no service'}, pid ${newer.pid} in ${serviceUnitOf(newer) ?? 'no service'}: two starters.`;
    case 'ignored-sigterm':
      return holder.parentPid === 1
        ? `Pid ${holder.pid} still runs; its parent is pid 1.`
        : `Pid ${holder.pid} still runs; its parent is pid ${holder.parentPid ?? 'unknown'}.`;
  }
}
