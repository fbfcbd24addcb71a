import { type Holder, type Listener } from '../contract.ts';

/** Names one socket: what a {@link ClosedListener} says of it. */
export function listenerKey(
  listener: Pick<Listener, 'protocol' | 'address' | 'port' | 'networkNamespace' | 'inode'>,
): string {
  const { protocol, networkNamespace, inode, address, port } = listener;
  return JSON.stringify([protocol, networkNamespace, inode, address, port]);
}

/** Names a process within a boot; a reused pid differs, exec does not. */
export function holderKey(holder: Pick<Holder, 'pid' | 'startTicks'>): string {
  return `${holder.pid}/${holder.startTicks ?? '?'}`;
}

/** What matters of a listener and nothing that moves by itself; differs when the aggregator must hear of it. */
export function fingerprint(listener: Listener): string {
  const holders = listener.holders.map((holder) => `${holderKey(holder)} ${holder.programKey}`).sort();
  return JSON.stringify([listenerKey(listener), holders, listener.holdersUnknown, listener.acceptQueueStuckSince]);
}
