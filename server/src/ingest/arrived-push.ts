import type { ChangePush, FullPush, LeavingPush } from '@portlight/agent/contract';
import { toldByFull, type Arrival, type MachineState } from './machine-state.ts';

/** A push that changes what is kept. */
export type ChangingPush = FullPush | ChangePush | LeavingPush;

export interface ArrivedPush extends Arrival {
  readonly push: ChangingPush;
  /** When this instance had heard of the machine before; null when never. */
  readonly lastSeenAt: number | null;
  /** Pace it is asked for. */
  readonly aliveEverySeconds: number;
  /** What a full snapshot says by itself; null for others. */
  readonly told: MachineState | null;
}

export function arrivedPush(arrived: Omit<ArrivedPush, 'told'>): ArrivedPush {
  return { ...arrived, told: arrived.push.kind === 'full' ? toldByFull(arrived.push, arrived) : null };
}
