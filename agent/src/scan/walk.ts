import { readDescriptors, type Descriptors } from '../proc/pid-fd.ts';
import { type ProcRoot } from '../proc/proc-root.ts';

/** A process that was looked into. */
export type Walked = Omit<Descriptors, 'kind' | 'sockets'>;

/** Who holds what. */
export interface Walk {
  /** Pids by the inode of a socket, among the wanted ones. */
  readonly holders: ReadonlyMap<string, readonly string[]>;
  /** Holders by pid. */
  readonly processes: ReadonlyMap<string, Walked>;
  /** Processes whose descriptors may not be read; those that ended meanwhile have none. */
  readonly unreadable: number;
}

/** Every pid of this /proc. */
export function listPids(root: ProcRoot): readonly string[] {
  const names = root.list('.');
  return names.kind === 'names' ? names.names.filter((name) => /^\d+$/.test(name)) : [];
}

/** Looks into each process for sockets of the `wanted` inodes. Threads of a process share its descriptors. */
export function walkProcesses(root: ProcRoot, pids: readonly string[], wanted: ReadonlySet<string>): Walk {
  const holders = new Map<string, string[]>();
  const processes = new Map<string, Walked>();
  let unreadable = 0;
  for (const pid of pids) {
    const found = readDescriptors(root, pid);
    if (found.kind !== 'descriptors') {
      unreadable += found.kind === 'gone' ? 0 : 1;
      continue;
    }
    const held = new Set(found.sockets.filter((inode) => wanted.has(inode)));
    if (held.size > 0) processes.set(pid, { open: found.open, process: found.process });
    for (const inode of held) addHolder(holders, inode, pid);
  }
  return { holders, processes, unreadable };
}

function addHolder(holders: Map<string, string[]>, inode: string, pid: string): void {
  const known = holders.get(inode);
  if (known === undefined) holders.set(inode, [pid]);
  else known.push(pid);
}
