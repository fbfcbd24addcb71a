import { createContext } from 'svelte';
import type { TimeScale } from './time-scale.ts';

/** What all lanes of one timeline share; its members change with time. */
interface TimelineFrame {
  readonly scale: TimeScale;
  /** Before this nothing is known, so what was open already is drawn from here. */
  readonly knownFromMs: number;
  /** Up to here it is known; what is open is drawn up to here. */
  readonly knownToMs: number;
  readonly nowMs: number;
  readonly colours: ReadonlyMap<string, number>;
  readonly say: (ms: number) => string;
}

export const [getTimelineFrame, setTimelineFrame] = createContext<TimelineFrame>();
