import { hash, timingSafeEqual } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, statSync, type BigIntStats } from 'node:fs';

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
/** A day, from its first moment in UTC, or a moment. */
const EXPIRY = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/;
/** A file that changed so lately may change again without a trace: its clock ticks no finer. */
const SETTLED_AFTER_NS = 1_000_000_000n;

export function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
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
  const expiresAt = rest.length === 0 ? null : Date.parse(EXPIRY.test(expiry) ? expiry : '');
  if (Number.isNaN(expiresAt))
    throw new Error(`line ${number}: expected an expiry as 2026-12-31 or 2026-12-31T12:00:00Z`);
  return { name: second === undefined ? null : first, hash: hashOf(secret), expiresAt };
}

/** A file of tokens, read again when it changes, also when another one is put in its place. */
export class TokenFile {
  /** Of the file that was read; null: read it again. */
  private version: string | null = null;
  private tokens: readonly Token[] = [];

  constructor(readonly path: string) {}

  /** The valid token whose secret this is. Throws when the file cannot be read or understood. */
  find(secret: string, now: number): Token | null {
    const hash = hashOf(secret);
    return this.valid(now).find((token) => timingSafeEqual(token.hash, hash)) ?? null;
  }

  /** Those not expired. Throws as {@link find}. */
  valid(now: number): readonly Token[] {
    this.refresh();
    return this.tokens.filter(({ expiresAt }) => expiresAt === null || now < expiresAt);
  }

  private refresh(): void {
    if (this.version !== null && versionOf(statSync(this.path, { bigint: true })) === this.version) return;
    this.version = null;
    const { text, stats } = readWithStats(this.path);
    this.tokens = parseTokens(text);
    if (isSettled(stats)) this.version = versionOf(stats);
  }
}

/** Of one and the same file, whatever is put in its place meanwhile. */
function readWithStats(path: string): { readonly text: string; readonly stats: BigIntStats } {
  const descriptor = openSync(path, 'r');
  try {
    const stats = fstatSync(descriptor, { bigint: true });
    return { text: readFileSync(descriptor, 'utf8'), stats };
  } finally {
    closeSync(descriptor);
  }
}

function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

function isSettled({ ctimeNs }: BigIntStats): boolean {
  const age = BigInt(Date.now()) * 1_000_000n - ctimeNs;
  return age > SETTLED_AFTER_NS;
}
