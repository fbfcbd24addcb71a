import { readFileSync, statSync } from 'node:fs';
import { createHash, timingSafeEqual } from 'node:crypto';

/** A token of a file, never kept in clear. */
export interface Token {
  /** Null for a bare token. */
  readonly name: string | null;
  /** SHA-256. */
  readonly hash: Buffer;
  /** Milliseconds since 1970; null when it does not expire. */
  readonly expiresAt: number | null;
}

/** Shorter ones could be guessed. */
const MIN_TOKEN_LENGTH = 16;

export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** One `name:token[:expiry]` or bare token a line; `#` begins a comment. Throws, naming the line, never the token. */
export function parseTokens(text: string): readonly Token[] {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  return lines.flatMap((line, index) => (line === '' ? [] : parseLine(line, index + 1)));
}

function parseLine(line: string, number: number): Token {
  const [first = '', second, ...rest] = line.split(':');
  const secret = second ?? first;
  if (secret.length < MIN_TOKEN_LENGTH || /\s/.test(secret)) {
    throw new Error(
      `line ${number}: expected name:token[:expiry] or a token of at least ${MIN_TOKEN_LENGTH} characters without blanks`,
    );
  }
  const expiry = rest.join(':');
  const expiresAt = expiry === '' ? null : Date.parse(expiry);
  if (Number.isNaN(expiresAt))
    throw new Error(`line ${number}: expected an expiry as 2026-12-31 or 2026-12-31T12:00:00Z`);
  return { name: second === undefined ? null : first, hash: hashOf(secret), expiresAt };
}

/** A file of tokens, read again when it changes. */
export class TokenFile {
  private readAt = '';
  private tokens: readonly Token[] = [];

  constructor(readonly path: string) {}

  /** The valid token whose secret this is. Throws when the file cannot be read or understood. */
  find(secret: string, now: number): Token | null {
    const hash = hashOf(secret);
    return this.valid(now).find((token) => timingSafeEqual(token.hash, hash)) ?? null;
  }

  /** Those not expired. */
  valid(now: number): readonly Token[] {
    this.refresh();
    return this.tokens.filter(({ expiresAt }) => expiresAt === null || now < expiresAt);
  }

  private refresh(): void {
    const { mtimeMs, size, ino } = statSync(this.path);
    const version = `${mtimeMs} ${size} ${ino}`;
    if (version === this.readAt) return;
    this.tokens = parseTokens(readFileSync(this.path, 'utf8'));
    this.readAt = version;
  }
}
