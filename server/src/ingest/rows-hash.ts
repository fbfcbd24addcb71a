import { hash } from 'node:crypto';
import type { Holder } from '@portlight/agent/contract';
import type { KeptListener } from '../store/store.ts';

/** Characters of each half: 96 bits. */
const LENGTH = 16;

/**
 * Names what the rows of a machine say, in whatever order, so that a machine that tells everything again is compared without
 * reading a row. Two halves: the sockets with their processes, together with the agent's digest of all that matters, and what
 * moves all the time (queues and connections). Since when a socket is open is not in it: the store may know it better.
 */
export function rowsHash(
  digest: string,
  listeners: readonly KeptListener[],
  processes: ReadonlyMap<number, Holder>,
): string {
  const sockets = listeners.map(socketText).sort();
  const holders = [...processes.values()].map(processText).sort();
  const numbers = listeners.map(numbersText).sort();
  return `${name([digest, ...sockets, ...holders])}.${name(numbers)}`;
}

/** Whether the rows are the same but for the numbers that move. */
export function areSameRows(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a.slice(0, LENGTH) === b.slice(0, LENGTH);
}

function socketText(listener: KeptListener): string {
  const { networkNamespace, protocol, port, address, inode, uid, exposure, holders, holdersUnknown } = listener;
  const { service, acceptQueueLimit, acceptQueueStuckSince } = listener;
  const facts = `${uid} ${exposure} ${holders.join()} ${holdersUnknown} ${service} ${acceptQueueLimit}`;
  return `${networkNamespace} ${protocol} ${port} ${address} ${inode} ${facts} ${acceptQueueStuckSince}`;
}

function processText({ pid, startTicks, programKey, unit, commandLine }: Holder): string {
  return `${pid} ${startTicks} ${programKey} ${unit} ${commandLine.join(' ')}`;
}

function numbersText({ networkNamespace, inode, port, acceptQueue, connections }: KeptListener): string {
  const socket = `${networkNamespace} ${inode} ${port} ${acceptQueue}`;
  if (connections === null) return socket;
  const { established, unaccepted, synReceived, closeWait, finWait, timeWait } = connections;
  return `${socket} ${established} ${unaccepted} ${synReceived} ${closeWait} ${finWait} ${timeWait}`;
}

function name(texts: readonly string[]): string {
  return hash('sha256', texts.join('\n'), 'base64url').slice(0, LENGTH);
}
