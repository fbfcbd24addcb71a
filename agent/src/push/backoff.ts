const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/**
 * Wait before try number `failures + 1`, in milliseconds: full jitter over a doubling range, so that 100,000 agents do not
 * come back in the same second. Where the aggregator named a time it is kept, the jitter comes on top.
 *
 * @param random from 0 to 1
 */
export function backoffMs(failures: number, retryAfterMs: number | null, random: number): number {
  const range = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return (retryAfterMs ?? 0) + random * range;
}
