import { hash } from 'node:crypto';
import type { Holder } from '@portlight/agent/contract';
import type { KeptListener } from '../store/store.ts';

/** Characters of each half: 96 bits. */
const LENGTH = 16;

/**
 * Names what the rows of a machine say, in whatever order, so that a machine that tells everything again is compared without
 * reading a row. Two halves: what lasts, and what moves all the time (queues and connections). Since when a socket is open is
 * not in it: the store may know it better.
 */
export function rowsHash(listeners: readonly KeptListener[], processes: ReadonlyMap<number, Holder>): string {
  const texts = listeners.map(listenerTexts).sort(([a], [b]) => (a < b ? -1 : 1));
  const holders = [...processes.values()].map((holder) => JSON.stringify(holder)).sort();
  const lasting = [...texts.map(([text]) => text), ...holders];
  return `${name(lasting)}.${name(texts.map(([, numbers]) => numbers))}`;
}

/** Whether the rows are the same but for the numbers that move. */
export function areSameRows(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a.slice(0, LENGTH) === b.slice(0, LENGTH);
}

function listenerTexts(listener: KeptListener): readonly [lasting: string, numbers: string] {
  const { acceptQueue, connections } = listener;
  // Undefined is left out.
  const lasting = { ...listener, acceptQueue: undefined, connections: undefined, openedAt: undefined };
  return [JSON.stringify(lasting), JSON.stringify([acceptQueue, connections])];
}

function name(texts: readonly string[]): string {
  return hash('sha256', texts.join('\n'), 'base64url').slice(0, LENGTH);
}
