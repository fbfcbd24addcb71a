import type { Actor } from '../audit/audit-record.ts';
import { peerOf, type Asked } from '../http/exchange.ts';
import type { Access } from './access.ts';

/** Who changes something, for people. */
function callerName({ caller }: Pick<Asked, 'caller'>, { isOpen }: Pick<Access, 'isOpen'>): string {
  return isOpen ? 'local' : (caller?.name ?? 'a token without a name');
}

/** Who changes something, and from where. */
export function actorOf(request: Asked, access: Pick<Access, 'isOpen'>): Actor {
  return { by: callerName(request, access), address: peerOf(request) };
}
