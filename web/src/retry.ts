/** As long as a restarting server is likely: tried often enough that its return is seen within 2 s. */
const QUICK_TRIES = 20;
const LONGEST_MS = 30_000;

/** Pause before the next try after `failures` in a row: 1 to 1.75 s at first, then doubling up to 30 s, half of it by chance. */
export function retryDelayMs(failures: number, random: () => number): number {
  if (failures <= QUICK_TRIES) return 1000 + random() * 750;
  const ceiling = Math.min(LONGEST_MS, 2000 * 2 ** (failures - QUICK_TRIES - 1));
  return ceiling / 2 + random() * (ceiling / 2);
}
