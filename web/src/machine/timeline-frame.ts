import { createContext } from 'svelte';
import type { Expectations } from './timeline-expectations.ts';
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
  /** A moment in the reader's zone, and that zone's name. */
  readonly say: (ms: number) => string;
  readonly zone: string;
  /** Of what is only known about: to the minute, or to the second where minutes are too coarse. */
  readonly sayShort: (ms: number) => string;
  readonly expectations: Expectations;
}

export const [getTimelineFrame, setTimelineFrame] = createContext<TimelineFrame>();
