/** Tokens are found by their machine: those given before do not tell it, and their machines enrol anew. */
export const ACCESS_MIGRATION = `
  DROP TABLE tokens;
  CREATE TABLE tokens (
    host TEXT PRIMARY KEY, name TEXT NOT NULL, token_hash TEXT NOT NULL, created_at INTEGER NOT NULL,
    created_from TEXT NOT NULL, revoked_at INTEGER, asked_at INTEGER, asked_from TEXT, approved_until INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tokens_by_name ON tokens (name, host);
  CREATE INDEX tokens_by_creation ON tokens (created_at);

  CREATE TABLE ended_tokens (
    host TEXT NOT NULL, token_hash TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (host, token_hash)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ended_tokens_by_time ON ended_tokens (at);

  CREATE TABLE audit (
    at INTEGER NOT NULL, id TEXT NOT NULL, action TEXT NOT NULL, done_by TEXT NOT NULL, address TEXT, host TEXT,
    detail TEXT NOT NULL,
    PRIMARY KEY (at, id)
  ) STRICT, WITHOUT ROWID;
  `;
