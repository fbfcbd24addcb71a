import { type Server } from 'node:http';
import { type Lifeline } from './lifeline.ts';

const PARENT_CHECK_MS = 200;

/**
 * At SIGUSR2 the process stops doing anything: its handler of SIGTERM never runs again, and its sockets stay open. What it
 * can still see, without its event loop, is that its parent is another one: then it ends.
 */
export function blockAtSigusr2(lifeline: Lifeline, server: Server, port: () => number): void {
  process.on('SIGTERM', () => server.close(() => process.exit()));
  process.on('SIGUSR2', () => {
    lifeline.report('blocked', { port: port() });
    const parent = process.ppid;
    const never = new Int32Array(new SharedArrayBuffer(4));
    while (process.ppid === parent) Atomics.wait(never, 0, 0, PARENT_CHECK_MS);
    process.exit();
  });
}
