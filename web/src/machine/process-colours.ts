import type { Bar } from './timeline-bars.ts';

const COLOURS = 8;

/**
 * One colour for each process, 1 to 8 in order of start and then again from 1; 0 is for an unknown holder. So one process
 * with many ports is one colour, and many processes on one port are many. Depends on what is drawn alone: a reload changes nothing.
 */
export function processColours(
  bars: readonly Pick<Bar, 'instance' | 'processStartedMs'>[],
): ReadonlyMap<string, number> {
  const started = new Map<string, number>();
  for (const { instance, processStartedMs } of bars) {
    if (instance !== null) started.set(instance, processStartedMs ?? -Infinity);
  }
  const inOrder = [...started].sort(byStart).map(([instance]) => instance);
  return new Map(inOrder.map((instance, index) => [instance, (index % COLOURS) + 1]));
}

function byStart([a, startA]: [string, number], [b, startB]: [string, number]): number {
  if (startA !== startB) return startA < startB ? -1 : 1;
  return a < b ? -1 : 1;
}
