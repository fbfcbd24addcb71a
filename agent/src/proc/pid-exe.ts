import { type ProcRoot } from './proc-root.ts';

const DELETED = ' (deleted)';

/** The file a process runs. */
export interface Executable {
  /** In the mount namespace of the process: within its container's root for a container. */
  readonly path: string;
  /** It was unlinked: the program was replaced or removed. */
  readonly isDeleted: boolean;
}

/** @param isNamedSo whether a file of that very name exists: `x (deleted)` is a name like any other */
export function parsePidExe(target: string, isNamedSo: (path: string) => boolean): Executable {
  if (!target.endsWith(DELETED) || isNamedSo(target)) return { path: target, isDeleted: false };
  return { path: target.slice(0, -DELETED.length), isDeleted: true };
}

/** null when it may not be read, or for a kernel thread. */
export function readPidExe(root: ProcRoot, process: string): Executable | null {
  const link = root.link(`${process}/exe`);
  // Reading a file that exists as a link fails; one that does not is gone. Asked of its own root, and only for such names.
  const isNamedSo = (path: string) => root.link(`${process}/root${path}`).kind === 'failed';
  return link.kind === 'link' ? parsePidExe(link.target, isNamedSo) : null;
}
