/** What may be asked of machines' tokens and of the audit; each answer is one committed state. Times are milliseconds since 1970. */
export interface AccessReader {
  /** Those of these machines that ever got one, in no particular order. */
  hostTokens(hostIds: readonly string[]): Promise<readonly UsedHostToken[]>;
  /** By name, then id. */
  listHostTokens(query: HostTokenQuery): Promise<readonly UsedHostToken[]>;
  countHostTokens(filter: HostTokenFilter): Promise<number>;
  /** Those that ended at that time or later, oldest first. */
  endedTokensSince(at: number): Promise<readonly EndedToken[]>;
  /** Newest first. */
  audit(query: AuditQuery): Promise<readonly AuditRecord[]>;
  countAudit(filter: AuditFilter): Promise<number>;
}

/** What may be changed of them, within a transaction. */
export interface AccessWriter {
  /** As above. Nobody else changes them until the end of the transaction. */
  hostTokens(hostIds: readonly string[]): Promise<readonly UsedHostToken[]>;
  /** In place of what was kept of those machines' tokens; no two of one machine. */
  saveHostTokens(tokens: readonly HostToken[]): Promise<void>;
  /** Tells all instances that these are no longer good. */
  endTokens(ended: readonly EndedToken[]): Promise<void>;
  addAudit(records: readonly AuditRecord[]): Promise<void>;
  /** Removes all that is kept of the machine, its token included; what is in the audit stays. */
  forgetHost(hostId: string): Promise<void>;
  /** Removes a bounded number of what is older than allowed. */
  removeOldAccess(limits: AccessLimits): Promise<RemovedAccess>;
}

/** By what a machine shows that it is itself. */
export interface HostToken {
  readonly hostId: string;
  /** As the machine called itself when it enrolled. */
  readonly name: string;
  /** SHA-256 of its secret, base64url. */
  readonly hash: string;
  /** When the machine enrolled. */
  readonly createdAt: number;
  /** Address it enrolled from. */
  readonly createdFrom: string;
  /** Null while it is good. */
  readonly revokedAt: number | null;
  /** When the machine asked for another one last without showing this one; null: never. */
  readonly askedAt: number | null;
  readonly askedFrom: string | null;
  /** Until then it may get another one without showing this one; null: not approved. */
  readonly approvedUntil: number | null;
}

export interface UsedHostToken extends HostToken {
  /** Last sign of life of the machine; null before the first. */
  readonly seenAt: number | null;
}

export const HOST_TOKEN_STATES = ['valid', 'revoked', 'waiting'] as const;
/** `waiting`: the machine asks for another token and nobody has approved it, whether its last one is good or not. */
export type HostTokenState = (typeof HOST_TOKEN_STATES)[number];

export interface HostTokenFilter {
  /** Null: all. */
  readonly state: HostTokenState | null;
  readonly now: number;
}

export interface HostTokenQuery extends HostTokenFilter {
  /** Last of the page before. */
  readonly after: { readonly name: string; readonly hostId: string } | null;
  readonly limit: number;
}

/** A token that is no longer good. */
export interface EndedToken {
  readonly hostId: string;
  /** Null: nothing is kept of the machine any more. */
  readonly hash: string | null;
  readonly at: number;
}

/** Somebody did something. */
export interface AuditRecord {
  /** Random: tells records of one millisecond apart. */
  readonly id: string;
  readonly at: number;
  readonly action: string;
  readonly by: string;
  /** Null where no request stands behind it. */
  readonly address: string | null;
  /** Machine it was done to; null where it is about none. */
  readonly hostId: string | null;
  /** One sentence for people; empty where the action says all. */
  readonly detail: string;
}

export interface AuditFilter {
  /** Null: all. */
  readonly action: string | null;
  readonly hostId: string | null;
}

export interface AuditQuery extends AuditFilter {
  /** Last of the page before. */
  readonly before: { readonly at: number; readonly id: string } | null;
  readonly limit: number;
}

export interface AccessLimits {
  readonly auditBefore: number;
  /** Every instance has heard of what ended before. */
  readonly endedBefore: number;
  /** Tokens of machines that enrolled before it, and of which nothing was ever heard, go. */
  readonly hostsSeenBefore: number;
  /** Rows of each kind to remove at most. */
  readonly atMost: number;
}

export interface RemovedAccess {
  readonly audit: number;
  readonly unusedTokens: number;
}
