import { Refusal } from '../refusal.ts';
import type { Token, TokenFile } from './token-file.ts';

export type Role = 'read' | 'admin';

/** Who asks. */
export interface Caller {
  readonly role: Role;
  /** Of the token; null without tokens configured or for a bare one. */
  readonly name: string | null;
  /** When the right to ask ends. */
  readonly expiresAt: number | null;
}

export interface TokenFiles {
  readonly enroll: TokenFile | null;
  readonly read: TokenFile | null;
  readonly admin: TokenFile | null;
}

/** A token with the role its file gives. */
export interface RoleToken {
  readonly role: Role;
  readonly token: Token;
}

/** The tokens people and programs read with. Admin tokens may read too. */
export class Access {
  constructor(
    private readonly files: TokenFiles,
    private readonly now: () => number,
  ) {}

  /** Without read and admin tokens everyone who reaches the server is admin: it only listens on loopback then. */
  get isOpen(): boolean {
    return this.files.read === null && this.files.admin === null;
  }

  /** Without enrolment tokens machines need none either. */
  get isOpenToAgents(): boolean {
    return this.files.enroll === null;
  }

  get hasNoTokens(): boolean {
    return this.isOpen && this.isOpenToAgents;
  }

  find(secret: string): RoleToken | null {
    const { admin, read } = this.files;
    return firstOf<RoleToken>([
      within(admin, (file) => toRole('admin', file.find(secret, this.now()))),
      within(read, (file) => toRole('read', file.find(secret, this.now()))),
    ]);
  }

  /** Whether a token with this hash still gives this role. */
  isStillValid(role: Role, hash: string): boolean {
    const file = role === 'admin' ? this.files.admin : this.files.read;
    const tokens = firstOf([within(file, (one) => one.valid(this.now()))]) ?? [];
    return tokens.some((token) => token.hash.toString('hex') === hash);
  }

  /** The enrolment token whose secret this is. */
  enroller(secret: string): Token | null {
    return firstOf([within(this.files.enroll, (file) => file.find(secret, this.now()))]);
  }
}

function toRole(role: Role, token: Token | null): RoleToken | null {
  return token && { role, token };
}

type Look<T> = () => T | null;

function within<T>(file: TokenFile | null, look: (file: TokenFile) => T | null): Look<T> {
  return () => {
    try {
      return file && look(file);
    } catch (cause) {
      throw new Error(`token file ${file?.path ?? ''}: ${(cause as Error).message}`, { cause });
    }
  };
}

/** What the first token file gives. One that became unreadable lets nobody in, and says so; the others go on. */
function firstOf<T>(looks: readonly Look<T>[]): T | null {
  const faults: unknown[] = [];
  for (const look of looks) {
    try {
      const found = look();
      if (found) return found;
    } catch (cause) {
      faults.push(cause);
    }
  }
  if (faults.length === 0) return null;
  throw new Refusal(503, 'tokens-unreadable', 'the server cannot read its token file', {
    hint: 'an administrator finds the reason in the server’s log',
    retryAfterSeconds: 30,
    cause: faults[0],
  });
}
