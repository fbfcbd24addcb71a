import { type Instant } from '../contract.ts';
import { type UnnumberedEvent } from '../scan/changes.ts';

/** Something is not known, up to that time; of no socket in particular. */
export function gapAt(at: Instant, detail: string): UnnumberedEvent {
  return {
    at,
    kind: 'gap',
    protocol: 'tcp',
    address: '',
    port: 0,
    networkNamespace: '',
    inode: '',
    holders: [],
    detail,
  };
}
