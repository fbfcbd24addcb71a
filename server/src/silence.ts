/** Pace the agents are asked to keep while the server is at ease. */
export const ALIVE_EVERY_SECONDS = 15;

/** Slowest pace they are ever asked for: beyond it a machine's death would be known too late. */
export const SLOWEST_SECONDS = 60;

/** A machine may miss three signs of life before it counts as silent. */
export const PACES_UNTIL_SILENT = 4;

/** So many milliseconds later a machine counts as silent for each second that it was asked to come less often. */
export const EXCUSED_MS_A_SECOND = PACES_UNTIL_SILENT * 1_000;

/** No machine is excused for longer. */
export const MOST_EXCUSED_MS = (SLOWEST_SECONDS - ALIVE_EVERY_SECONDS) * EXCUSED_MS_A_SECOND;

/** A sign of life, and the pace that was asked for in its answer. */
interface SignOfLife {
  readonly at: number;
  readonly aliveEverySeconds: number;
}

/** A machine that keeps the usual pace and was last heard of then would fall silent together with this one. */
export function excusedUntil({ at, aliveEverySeconds }: SignOfLife): number {
  return at + (aliveEverySeconds - ALIVE_EVERY_SECONDS) * EXCUSED_MS_A_SECOND;
}
