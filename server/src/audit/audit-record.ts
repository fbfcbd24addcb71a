import { randomBytes } from 'node:crypto';
import type { AuditRecord } from '../store/access-store.ts';
import type { AuditAction } from '../views.ts';

/** Who does something, and from where. */
export interface Actor {
  readonly by: string;
  /** Null: unknown. */
  readonly address: string | null;
}

interface Done extends Actor {
  readonly at: number;
  readonly action: AuditAction;
  readonly hostId?: string;
  readonly detail?: string;
}

const MAX_DETAIL_LENGTH = 500;

export function auditRecord({ at, action, by, address, hostId, detail = '' }: Done): AuditRecord {
  const id = randomBytes(9).toString('base64url');
  return { at, id, action, by, address, hostId: hostId ?? null, detail: detail.slice(0, MAX_DETAIL_LENGTH) };
}
