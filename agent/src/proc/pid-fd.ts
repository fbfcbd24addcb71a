import { type ProcRoot, type Unread } from './proc-root.ts';
import { readPidStat } from './pid-stat.ts';

/** The descriptors of a process. */
export interface Descriptors {
  readonly kind: 'descriptors';
  /** How many it has open. */
  readonly open: number;
  /** Inodes of its sockets; one twice when it was duplicated. */
  readonly sockets: readonly string[];
  /** Where its other files are to be read: `123`, or `123/task/124` when its main thread ended. */
  readonly process: string;
}

/** `socket:[1071]` → `1071`; null for anything else. */
export function parseSocketLink(target: string): string | null {
  return target.startsWith('socket:[') && target.endsWith(']') ? target.slice('socket:['.length, -1) : null;
}

export function readDescriptors(root: ProcRoot, pid: string): Descriptors | Unread {
  const descriptors = readFolder(root, pid);
  const isEmpty = descriptors.kind === 'gone' || (descriptors.kind === 'descriptors' && descriptors.open === 0);
  return (isEmpty ? readLivingThread(root, pid) : null) ?? descriptors;
}

function readFolder(root: ProcRoot, process: string): Descriptors | Unread {
  const names = root.list(`${process}/fd`);
  if (names.kind !== 'names') return names;
  const sockets: string[] = [];
  for (const name of names.names) {
    const link = root.link(`${process}/fd/${name}`);
    // With CAP_DAC_READ_SEARCH alone the folder is readable and no link in it is.
    if (link.kind === 'denied') return link;
    const inode = link.kind === 'link' ? parseSocketLink(link.target) : null;
    if (inode !== null) sockets.push(inode);
  }
  return { kind: 'descriptors', open: names.names.length, sockets, process };
}

/** A process whose main thread ended is a zombie without descriptors to /proc/PID, while its other threads serve on. */
function readLivingThread(root: ProcRoot, pid: string): Descriptors | null {
  const stat = readPidStat(root, pid);
  if (stat?.state !== 'Z' || stat.threads < 2) return null;
  const tasks = root.list(`${pid}/task`);
  const threads = tasks.kind === 'names' ? tasks.names.filter((tid) => tid !== pid) : [];
  for (const tid of threads) {
    const descriptors = readFolder(root, `${pid}/task/${tid}`);
    if (descriptors.kind === 'descriptors' && descriptors.open > 0) return descriptors;
  }
  return null;
}
