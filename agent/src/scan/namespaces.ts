import { readPidNamespace } from '../proc/pid-ns.ts';
import { type ProcRoot } from '../proc/proc-root.ts';

/** A network namespace with a process in it. Others cannot be reached by way of /proc. */
export interface Namespace {
  /** Decimal. */
  readonly inode: string;
  /** It is that of pid 1. */
  readonly isHost: boolean;
  /** Where its tables are, any of these: `1/net`. A folder is gone when its process is. */
  readonly folders: readonly string[];
}

export interface Namespaces {
  /** The host's first. */
  readonly all: readonly Namespace[];
  /** Inode of the agent's own. */
  readonly own: string;
  /** This agent lives in the host's, so sys/net tells of the host. */
  readonly isOwnHost: boolean;
  /** pid 1 may not be looked into: the agent's own namespace is taken as the host's. */
  readonly isHostAssumed: boolean;
}

/** A kernel without network namespaces has one, and no number for it. */
const NO_NAMESPACES = '0';
/** Enough of them: a table is read by way of the next when a process ended. */
const FOLDERS = 8;

export function findNamespaces(root: ProcRoot, pids: readonly string[]): Namespaces {
  const host = readPidNamespace(root, '1', 'net');
  const self = readPidNamespace(root, 'self', 'net');
  const own = self.kind === 'namespace' ? self.inode : NO_NAMESPACES;
  const hostInode = host.kind === 'namespace' ? host.inode : own;
  const folders = new Map<string, string[]>([[hostInode, [host.kind === 'namespace' ? '1/net' : 'self/net']]]);
  for (const process of ['self', ...pids]) addFolder(folders, root, process);
  return {
    all: [...folders].map(([inode, found]) => ({ inode, isHost: inode === hostInode, folders: found })),
    own,
    isOwnHost: own === hostInode,
    isHostAssumed: host.kind !== 'namespace',
  };
}

function addFolder(folders: Map<string, string[]>, root: ProcRoot, process: string): void {
  const namespace = readPidNamespace(root, process, 'net');
  if (namespace.kind !== 'namespace') return;
  const known = folders.get(namespace.inode);
  if (known === undefined) folders.set(namespace.inode, [`${process}/net`]);
  else if (known.length < FOLDERS) known.push(`${process}/net`);
}
