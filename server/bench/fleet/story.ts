/**
 * What happens on a machine over its life, as a function of how many changes there were: its one restless program, a Node
 * server that belongs on port 3000, restarts, drifts, climbs, gets stuck, or has a debugger opened beside it.
 */

export type Story = 'restarts' | 'visitor' | 'drift' | 'ladder' | 'wedged';

export const HOME_PORT = 3_000;
const DEBUG_PORT = 9_229;
/** Changes until it is as it was. */
const CYCLE = { restarts: 1, visitor: 2, drift: 2, ladder: 5, wedged: 2 } as const;

/** A process of the restless program and its one listener. */
export interface Rung {
  /** Counts up with every process of the machine's life. */
  readonly generation: number;
  readonly port: number;
  readonly isStuck: boolean;
}

/** Of 1000 machines with this story, so many are in trouble at any moment: `incidents` is the share that ever is. */
export function storyOf(lot: number, incidents: number): Story {
  if (lot < incidents * 0.5) return 'drift';
  if (lot < incidents * 0.85) return 'ladder';
  if (lot < incidents) return 'wedged';
  return lot < incidents + (1 - incidents) * 0.7 ? 'restarts' : 'visitor';
}

/** Machines of one story begin at different points of it. */
export function firstStep(story: Story, bits: number): number {
  return bits % CYCLE[story];
}

/** Oldest first. */
export function rungsAt(story: Story, step: number): readonly Rung[] {
  const round = Math.floor(step / CYCLE[story]);
  const phase = step % CYCLE[story];
  switch (story) {
    case 'restarts':
      return [rung(step, HOME_PORT)];
    case 'visitor':
      return phase === 0 ? [rung(0, HOME_PORT)] : [rung(0, HOME_PORT), rung(1 + round, DEBUG_PORT)];
    case 'wedged':
      return [{ ...rung(0, HOME_PORT), isStuck: phase === 1 }];
    case 'drift':
    case 'ladder':
      return Array.from({ length: phase + 1 }, (_, at) => rung(round * CYCLE[story] + at, HOME_PORT + at));
  }
}

function rung(generation: number, port: number): Rung {
  return { generation, port, isStuck: false };
}
