/** Tables of who may do what, and who did. */
export interface AccessTables {
  readonly tokens: TokensTable;
  readonly ended_tokens: EndedTokensTable;
  readonly audit: AuditTable;
}

export interface TokensTable {
  readonly host: string;
  readonly name: string;
  /** SHA-256, base64url. */
  readonly token_hash: string;
  readonly created_at: number;
  readonly created_from: string;
  readonly revoked_at: number | null;
  readonly asked_at: number | null;
  readonly asked_from: string | null;
  readonly approved_until: number | null;
}

/** Read by every instance again and again, by time. */
export interface EndedTokensTable {
  readonly host: string;
  /** Empty: nothing is kept of the machine any more. */
  readonly token_hash: string;
  readonly at: number;
}

export interface AuditTable {
  readonly at: number;
  readonly id: string;
  readonly action: string;
  readonly done_by: string;
  readonly address: string | null;
  readonly host: string | null;
  readonly detail: string;
}
