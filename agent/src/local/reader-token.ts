import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** A token that opens the endpoint, compared in constant time. */
const equals = (given: string, token: string) => timingSafeEqual(digest(given), digest(token));

/** The token of `Authorization: Bearer …`, or the password of `Basic …` so that a browser can ask for it. */
function presented(authorization: string | undefined): string | null {
  const [, scheme = '', credentials = ''] = /^(\w+) ([\w.~+/=-]{1,1000})$/.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return null;
  const userAndPassword = Buffer.from(credentials, 'base64').toString();
  return userAndPassword.slice(userAndPassword.indexOf(':') + 1);
}

export function presentsOneOf(tokens: readonly string[], authorization: string | undefined): boolean {
  const given = presented(authorization);
  return given !== null && tokens.some((token) => equals(given, token));
}
