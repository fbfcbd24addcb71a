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
    const admin = readable(() => this.files.admin?.find(secret, this.now()));
    if (admin) return { role: 'admin', token: admin };
    const read = readable(() => this.files.read?.find(secret, this.now()));
    return read ? { role: 'read', token: read } : null;
  }

  /** Whether a token with this hash still gives this role. */
  isStillValid(role: Role, hash: string): boolean {
    const file = role === 'admin' ? this.files.admin : this.files.read;
    const tokens = readable(() => file?.valid(this.now())) ?? [];
    return tokens.some((token) => token.hash.toString('hex') === hash);
  }

  mayEnroll(secret: string): boolean {
    return readable(() => this.files.enroll?.find(secret, this.now())) !== null;
  }
}

/** A token file that became unreadable lets nobody in, and says so. */
function readable<T>(read: () => T | null | undefined): T | null {
  try {
    return read() ?? null;
  } catch (cause) {
    throw new Refusal(503, 'tokens-unreadable', 'the server cannot read its token file', {
      hint: 'an administrator finds the reason in the server’s log',
      retryAfterSeconds: 30,
      cause,
    });
  }
}
