import { type ProcRoot } from './proc-root.ts';
import { parseCount, readText } from './text.ts';

/** How often a full accept queue refused a connection, and how often a SYN was dropped; since boot. */
export interface ListenCounters {
  readonly listenOverflows: number | null;
  readonly listenDrops: number | null;
}

/** Lines come in pairs, names and values; the position of a name differs from kernel to kernel. */
export function parseNetstat(netstat: string, group: string): ReadonlyMap<string, number> {
  const [names = '', values = ''] = netstat.split('\n').filter((line) => line.startsWith(`${group}: `));
  const counts = values.split(' ').map(parseCount);
  const named = names.split(' ').map((name, column) => [name, counts[column]] as const);
  return new Map(named.filter((pair): pair is [string, number] => typeof pair[1] === 'number'));
}

/** @param net the folder of a namespace's tables, as `1/net` */
export function readListenCounters(root: ProcRoot, net: string): ListenCounters {
  const counters = parseNetstat(readText(root, `${net}/netstat`) ?? '', 'TcpExt');
  return {
    listenOverflows: counters.get('ListenOverflows') ?? null,
    listenDrops: counters.get('ListenDrops') ?? null,
  };
}
