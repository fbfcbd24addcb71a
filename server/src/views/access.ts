/** Who may do what, and who did: views of `/api/v1/tokens` and `/api/v1/audit`. */
import type { Instant } from '@portlight/agent/contract';
import type { Stamped } from './stamped.ts';

/** By what a machine pushes: it got one when it enrolled, and it is good for that machine only. */
export interface HostTokenView {
  readonly hostId: string;
  /** As the machine called itself when it enrolled. */
  readonly name: string;
  readonly state: 'valid' | 'revoked';
  /** When the machine enrolled. */
  readonly createdAt: Instant;
  /** Address it enrolled from. */
  readonly createdFrom: string;
  /** Day in UTC, as 2026-11-24; null: never. */
  readonly lastUsedOn: string | null;
  /** Null while it is valid. */
  readonly revokedAt: Instant | null;
  /** The machine asked for another one without showing this one; null: it did not. */
  readonly asked: { readonly at: Instant; readonly from: string } | null;
  /** Until then it gets another one, once; null: not approved. */
  readonly approvedUntil: Instant | null;
}

/** Answer of POST /api/v1/tokens/:host/revoke and …/approve. */
export type HostTokenAnswer = HostTokenView & Stamped;

/** Answer of POST /api/v1/hosts/:host/forget. */
export interface ForgottenView extends Stamped {
  readonly hostId: string;
  readonly name: string;
}

export const AUDIT_ACTIONS = [
  'signed-in',
  'sign-in-failed',
  'enrolled',
  'enrolment-failed',
  'enrolment-waits',
  'token-approved',
  'token-revoked',
  'host-forgotten',
  'expectations-stored',
  'maintenance-run',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Somebody did something. */
export interface AuditEntry {
  readonly id: string;
  readonly at: Instant;
  readonly action: AuditAction;
  /** Name of the token or of the person; `local` without tokens, `itself` for a machine with its own token, `nobody` for failures. */
  readonly by: string;
  /** Where the request came from; null: unknown. */
  readonly address: string | null;
  /** Id of the machine it was done to; null where it is about none. */
  readonly hostId: string | null;
  /** For people; empty where the action says all. */
  readonly detail: string;
}
