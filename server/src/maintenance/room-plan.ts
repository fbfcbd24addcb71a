import type { Space } from '../store/space-store.ts';

/** Less is soon taken by what comes next, and costs more to give back than it is worth. */
const MUCH_BYTES = 64 * 1024 * 1024;
const MUCH_SHARE = 0.25;

/** What to do about the room that a store takes. */
export interface RoomPlan {
  /** A day of events has to go. */
  readonly isTooLarge: boolean;
  /** Some of what is free has to be given back. */
  readonly isMuchFree: boolean;
}

export function roomPlan({ used, free }: Space, maxBytes: number | null): RoomPlan {
  return {
    isTooLarge: maxBytes !== null && used > maxBytes,
    isMuchFree: free > MUCH_BYTES && free > MUCH_SHARE * (used + free),
  };
}
