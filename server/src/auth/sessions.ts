import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Access, Caller, Role, RoleToken } from './access.ts';

/** How long one sign-in lasts. */
const SESSION_MS = 12 * 3_600_000;

export const SESSION_COOKIE = 'portlight_session';

interface SessionClaims {
  readonly role: Role;
  readonly name: string | null;
  readonly expiresAt: number;
  /** SHA-256 of the token signed in with: the session ends when the token goes. */
  readonly tokenHash: string;
}

/** Sign-ins as signed cookies: nothing is kept for them but the key. */
export class Sessions {
  constructor(
    /** Kept in the store, so that every instance and every restart knows it. */
    private readonly key: string,
    private readonly access: Access,
    private readonly now: () => number,
  ) {}

  create({ role, token }: RoleToken): { readonly caller: Caller; readonly cookie: string } {
    const expiresAt = Math.min(this.now() + SESSION_MS, token.expiresAt ?? Infinity);
    const claims: SessionClaims = { role, name: token.name, expiresAt, tokenHash: token.hash.toString('hex') };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return { caller: { role, name: token.name, expiresAt }, cookie: `${payload}.${this.sign(payload)}` };
  }

  /** Who signed in with this cookie; null when it is not ours, expired or its token is gone. */
  verify(cookie: string): Caller | null {
    const [payload = '', signature = ''] = cookie.split('.');
    if (!isSame(signature, this.sign(payload))) return null;
    const { role, name, expiresAt, tokenHash } = JSON.parse(
      Buffer.from(payload, 'base64url').toString(),
    ) as SessionClaims;
    const isValid = this.now() < expiresAt && this.access.isStillValid(role, tokenHash);
    return isValid ? { role, name, expiresAt } : null;
  }

  private sign(payload: string): string {
    return createHmac('sha256', this.key).update(payload).digest('base64url');
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
