import { type Instant, type Listener } from '../contract.ts';
import { type Socket, type Sockets } from './sockets.ts';
import { type Walk } from './walk.ts';

/** A socket of the look before. */
export interface Remembered {
  readonly socket: Socket;
  readonly openedAt: Instant | null;
  readonly holdersUnknown: Listener['holdersUnknown'];
  /** Its row was missing in that look. */
  readonly wasMissing: boolean;
}

/** By socket key; null before the first look. */
export type Memory = ReadonlyMap<string, Remembered> | null;

/**
 * Sockets without a row that are still there: a table read page by page may skip a row that stays. One is gone when its
 * holder no longer has the descriptor, or when two looks miss it.
 */
export function overlooked(memory: Memory, { byKey }: Pick<Sockets, 'byKey'>, walk: Walk): readonly Remembered[] {
  return [...(memory ?? [])].flatMap(([key, remembered]) => {
    const isCertain = byKey.has(key) || remembered.wasMissing || remembered.holdersUnknown === 'vanished';
    const wasHeld = remembered.holdersUnknown === null;
    return isCertain || (wasHeld && !walk.holders.has(remembered.socket.row.inode)) ? [] : [remembered];
  });
}

/** When a socket was first seen: unknown for what the first look found. */
export function openedAt(memory: Memory, key: string, at: Date): Instant | null {
  if (memory === null) return null;
  const remembered = memory.get(key);
  return remembered === undefined ? at.toISOString() : remembered.openedAt;
}
