import { StoreFault, type StoreFaultKind } from '../store-fault.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html */
const KINDS: Readonly<Record<number, StoreFaultKind>> = {
  5: 'locked',
  6: 'locked',
  8: 'read-only',
  10: 'unreachable',
  11: 'damaged',
  13: 'full',
  14: 'unreachable',
  26: 'damaged',
};

const REMEDIES: Readonly<Record<StoreFaultKind, string>> = {
  full: 'free some space on its disk; the server recovers by itself',
  locked: 'end the other program that holds it',
  'read-only': 'make the file and its folder writable for the server’s user',
  damaged: 'move it away and restore a backup, or start empty; it is not touched',
  unreachable: 'check that its folder exists and its disk works',
};

/** SQLite's errors that say something about the file become a fault with a remedy; all others stay what they are. */
export function sqliteFault(cause: unknown): unknown {
  if (!(cause instanceof Error) || !('errcode' in cause)) return cause;
  // The low byte is the primary code.
  const kind = KINDS[Number(cause.errcode) & 0xff];
  return kind === undefined ? cause : new StoreFault(kind, cause.message, REMEDIES[kind], cause);
}
