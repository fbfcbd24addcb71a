import { isDeepStrictEqual } from 'node:util';
import type { Holder } from '@portlight/agent/contract';
import type { KeptListener, RowChanges } from '../store/store.ts';
import { listenerKey } from './listener-key.ts';
import type { MachineState } from './machine-state.ts';

/** The rows to write: a snapshot like the one before it writes none. */
export function rowChanges(before: MachineState | null, after: MachineState): RowChanges {
  const [old, current] = [byKey(before?.listeners ?? []), byKey(after.listeners)];
  const oldProcesses: ReadonlyMap<number, Holder> = before?.processes ?? new Map();
  return {
    saved: [...current]
      .filter(([key, listener]) => !isDeepStrictEqual(old.get(key), listener))
      .map(([, listener]) => listener),
    removed: [...old].filter(([key]) => !current.has(key)).map(([, listener]) => listener),
    savedProcesses: [...after.processes.values()].filter(
      (holder) => !isDeepStrictEqual(oldProcesses.get(holder.pid), holder),
    ),
    removedPids: [...oldProcesses.keys()].filter((pid) => !after.processes.has(pid)),
  };
}

function byKey(listeners: readonly KeptListener[]): ReadonlyMap<string, KeptListener> {
  return new Map(listeners.map((listener) => [listenerKey(listener), listener]));
}
