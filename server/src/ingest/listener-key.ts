import type { ClosedListener } from '@portlight/agent/contract';

/** Names a socket on its machine, from opening to closing. */
export function listenerKey({ networkNamespace, protocol, port, address, inode }: ClosedListener): string {
  return `${networkNamespace} ${protocol} ${port} ${address} ${inode}`;
}
