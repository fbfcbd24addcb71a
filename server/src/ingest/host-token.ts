import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A machine's token as it is shown: its id and a secret, with the last `.` between them. The id says where to look it up. */
export interface ShownToken {
  readonly hostId: string;
  /** Of the secret. */
  readonly hash: string;
}

/** A new token for that machine, shown once; only its hash is kept. */
export function makeHostToken(hostId: string): ShownToken & { readonly token: string } {
  const secret = randomBytes(32).toString('base64url');
  return { hostId, hash: hashOfSecret(secret), token: `${hostId}.${secret}` };
}

/** Null for what {@link makeHostToken} cannot have made. */
export function readHostToken(token: string): ShownToken | null {
  const end = token.lastIndexOf('.');
  // 256 bits are 43 characters.
  if (end < 1 || end > 64 || token.length - end !== 44) return null;
  return { hostId: token.slice(0, end), hash: hashOfSecret(token.slice(end + 1)) };
}

function hashOfSecret(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/** In constant time. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1')];
  return left.length === right.length && timingSafeEqual(left, right);
}
