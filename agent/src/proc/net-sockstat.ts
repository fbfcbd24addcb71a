import { type Family } from '../contract.ts';
import { type ProcRoot } from './proc-root.ts';
import { parseCount, readText } from './text.ts';

/** Counts of net/sockstat and net/sockstat6; null where the file or the word is missing. */
export interface Sockstat {
  /** TCP sockets in use, listening ones included, TIME_WAIT not. */
  readonly tcpInUse: number | null;
  readonly timeWait: number | null;
}

/** `TCP: inuse 35 orphan 0 tw 4 alloc 59 mem 22` → the number after a word of a line. */
export function parseSockstat(sockstat: string, line: string, word: string): number | null {
  const counts = sockstat.split('\n').find((text) => text.startsWith(`${line}: `));
  const words = counts?.split(' ') ?? [];
  const at = words.indexOf(word, 1);
  return at === -1 ? null : parseCount(words[at + 1]);
}

/** @param net the folder of a namespace's tables, as `1/net` */
export function readSockstat(root: ProcRoot, net: string): Sockstat {
  const sockstat = readText(root, `${net}/sockstat`) ?? '';
  // Without IPv6 there is no sockstat6, and nothing of it in use.
  const sockstat6 = readText(root, `${net}/sockstat6`) ?? '';
  const inUse = parseSockstat(sockstat, 'TCP', 'inuse');
  return {
    tcpInUse: inUse === null ? null : inUse + (parseSockstat(sockstat6, 'TCP6', 'inuse') ?? 0),
    timeWait: parseSockstat(sockstat, 'TCP', 'tw'),
  };
}

/**
 * TCP sockets of one IP version that listen or are connected, by the count the kernel keeps of them; null where it is
 * hidden. 10 µs, where a table without rows takes the kernel two milliseconds.
 */
export function readTcpInUse(root: ProcRoot, net: string, family: Family): number | null {
  const [file, line] = family === 'ipv4' ? ['sockstat', 'TCP'] : ['sockstat6', 'TCP6'];
  return parseSockstat(readText(root, `${net}/${file}`) ?? '', line, 'inuse');
}
