/** Pushes that are not larger than the aggregator takes. Pure. */
import type { Coverage, FullPush } from '../contract.ts';
import type { Sight } from '../scan/machine.ts';
import type { UnsentEvent } from './outbox.ts';
import { fullPush, type Sender } from './push-bodies.ts';

export interface Fitting {
  readonly push: FullPush;
  /** What of the machine is told. */
  readonly sight: Sight;
}

/** At most so many listeners, the first ones, and the others said to be missing. */
export function cutTo(sight: Sight, mostListeners: number): Sight {
  const { listeners, coverage } = sight.snapshot;
  const omitted = listeners.length - mostListeners;
  if (omitted <= 0) return sight;
  const kept = listeners.slice(0, mostListeners);
  return { ...sight, snapshot: { ...sight.snapshot, listeners: kept, coverage: withOmitted(coverage, omitted) } };
}

function withOmitted(coverage: Coverage, omitted: number): Coverage {
  const note = `${omitted} listeners are left out of what is pushed: it would be too large. The agent’s own /ports has them.`;
  return { ...coverage, skippedRows: coverage.skippedRows + omitted, notes: [...coverage.notes, note] };
}

export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Everything, or as many listeners as fit. */
export function fittingFull(whole: Sight, events: readonly UnsentEvent[], sender: Sender, mostBytes: number): Fitting {
  let sight = whole;
  for (;;) {
    const push = fullPush(sight, events, sender);
    const { length } = sight.snapshot.listeners;
    const bytes = length === 0 ? 0 : bytesOf(push);
    if (bytes <= mostBytes) return { push, sight };
    sight = cutTo(whole, Math.floor(length * Math.min(0.9, (mostBytes / bytes) * 0.95)));
  }
}
