import { type ProcRoot, type Unread } from './proc-root.ts';

export type ReadNamespace = { readonly kind: 'namespace'; readonly inode: string } | Unread;

/** `net:[4026531833]` → `4026531833`; null for anything else. namespaces(7) */
export function parseNamespace(target: string): string | null {
  return /^[a-z_]+:\[(\d+)\]$/.exec(target)?.[1] ?? null;
}

/** Inode of a namespace of a process. */
export function readPidNamespace(root: ProcRoot, process: string, type: 'net' | 'pid'): ReadNamespace {
  const link = root.link(`${process}/ns/${type}`);
  if (link.kind !== 'link') return link;
  const inode = parseNamespace(link.target);
  return inode === null ? { kind: 'failed', code: 'malformed' } : { kind: 'namespace', inode };
}
