import { type Snapshot } from '../contract.ts';

/** Inode of the host's network namespace, known by any socket in it; `0` while nothing listens there. */
export function hostNamespaceOf({ listeners }: Pick<Snapshot, 'listeners'>): string {
  return listeners.find(({ isHostNamespace }) => isHostNamespace)?.networkNamespace ?? '0';
}
