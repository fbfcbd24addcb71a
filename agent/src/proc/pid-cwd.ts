import { type ProcRoot } from './proc-root.ts';

/** Working directory, in the mount namespace of the process; null when it may not be read. */
export function readPidCwd(root: ProcRoot, process: string): string | null {
  const link = root.link(`${process}/cwd`);
  return link.kind === 'link' ? link.target.replace(/ \(deleted\)$/, '') : null;
}
