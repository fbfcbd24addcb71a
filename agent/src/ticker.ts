/** Calls back on a grid of monotonic time whose width may change from call to call. */
import { performance } from 'node:perf_hooks';

/** The next point of the grid after `nowMs`: who comes late skips what was missed. Pure; all in milliseconds. */
export function nextDue(lastDueMs: number, nowMs: number, everyMs: number): number {
  const missed = Math.floor(Math.max(0, nowMs - lastDueMs) / everyMs);
  return lastDueMs + (missed + 1) * everyMs;
}

/** Starts with the first call one width from now; never two calls at once. Returns what ends it. */
export function startTicking(call: () => void, everyMs: () => number): () => void {
  let due = performance.now();
  let timer: NodeJS.Timeout | null = null;
  let isOver = false;
  const schedule = () => {
    const now = performance.now();
    due = nextDue(due, now, everyMs());
    timer = setTimeout(tick, due - now);
  };
  const tick = () => {
    // A timer counts from the event loop's clock, which may be older than this one, and so may come early.
    const early = due - performance.now();
    if (early > 0) {
      timer = setTimeout(tick, Math.ceil(early));
      return;
    }
    call();
    if (!isOver) schedule();
  };
  schedule();
  return () => {
    isOver = true;
    if (timer) clearTimeout(timer);
  };
}
