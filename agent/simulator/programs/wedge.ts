import { type Server } from 'node:http';
import { type Lifeline } from './lifeline.ts';

const PARENT_CHECK_MS = 200;
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/**
 * At SIGUSR2 the process stops doing anything: its handler of SIGTERM never runs again, and its sockets stay open. What it
 * can still see, without its event loop, is that its parent is another one: then it ends.
 */
export function blockAtSigusr2(lifeline: Lifeline, server: Server, port: () => number): void {
  process.on('SIGTERM', () => server.close(() => process.exit()));
  process.on('SIGUSR2', () => {
    lifeline.report('blocked', { port: port() });
    blockFor(Infinity);
  });
}

/** Does nothing else for so long, as who computes or waits for a lock; ends when its parent did. */
export function blockFor(ms: number): void {
  const parent = process.ppid;
  const endMs = performance.now() + ms;
  for (let leftMs = ms; leftMs > 0; leftMs = endMs - performance.now()) {
    if (process.ppid !== parent) process.exit();
    Atomics.wait(NEVER, 0, 0, Math.min(leftMs, PARENT_CHECK_MS));
  }
}
