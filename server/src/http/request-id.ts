import { randomBytes } from 'node:crypto';

/** Makes ids that are unique over restarts and cheap: a random start and a count. */
export function requestIds(): () => string {
  const start = randomBytes(6).toString('base64url');
  let count = 0;
  return () => {
    count += 1;
    return `${start}-${count.toString(36)}`;
  };
}
