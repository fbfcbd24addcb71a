import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';
import { ALIVE_EVERY_SECONDS, SLOWEST_SECONDS } from '../silence.ts';

/** By how much a server under pressure stretches the pace at each look, and by how many seconds one at ease takes it back. */
const STRETCH = 1.5;
const BACK_SECONDS = 1;

/** How busy the server was since the last look. */
export interface Load {
  /** Share of the time in which the event loop had work, 0 to 1. */
  readonly utilization: number;
  /** What arrived waited so long for the event loop, 99th percentile. */
  readonly delayMs: number;
}

const PRESSED: Load = { utilization: 0.85, delayMs: 250 };
const AT_EASE: Load = { utilization: 0.6, delayMs: 100 };

/**
 * The pace after a look at the load: quickly slower, slowly back, so that it does not swing with its own effect, which
 * takes as long as the pace itself to be felt.
 */
export function nextPace(seconds: number, { utilization, delayMs }: Load): number {
  const isPressed = utilization > PRESSED.utilization || delayMs > PRESSED.delayMs;
  if (isPressed) return Math.min(SLOWEST_SECONDS, Math.ceil(seconds * STRETCH));
  const isAtEase = utilization < AT_EASE.utilization && delayMs < AT_EASE.delayMs;
  return isAtEase ? Math.max(ALIVE_EVERY_SECONDS, seconds - BACK_SECONDS) : seconds;
}

/** How often the load is looked at. */
export const OBSERVE_EVERY_MS = 10_000;
/** Of the clock by which delays are measured. */
const RESOLUTION_MS = 50;

/** The pace this server asks its agents for. Until it is told to observe it is the usual one, and costs nothing. */
export class Pace {
  private seconds = ALIVE_EVERY_SECONDS;
  private readonly delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private before: EventLoopUtilization | null = null;

  get aliveEverySeconds(): number {
    return this.seconds;
  }

  /** To be called every {@link OBSERVE_EVERY_MS}. */
  observe(): void {
    const now = performance.eventLoopUtilization();
    if (this.before) this.seconds = nextPace(this.seconds, this.loadSince(this.before));
    else this.delays.enable();
    this.before = now;
    this.delays.reset();
  }

  close(): void {
    this.delays.disable();
  }

  private loadSince(before: EventLoopUtilization): Load {
    const { utilization } = performance.eventLoopUtilization(performance.eventLoopUtilization(), before);
    // What is measured is the time from one tick of the clock to the next.
    return { utilization, delayMs: Math.max(0, this.delays.percentile(99) / 1e6 - RESOLUTION_MS) };
  }
}
