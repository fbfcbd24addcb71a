import type { Stamped } from './views.ts';

/** An answer about this very moment. */
export function stamp(now: number): Stamped {
  const serverNow = new Date(now).toISOString();
  return { serverNow, asOf: serverNow };
}
