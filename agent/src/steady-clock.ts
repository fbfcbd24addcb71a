import { uptime } from 'node:os';

/**
 * Milliseconds on a clock that nobody sets and that goes on while the machine is suspended: for durations. Since boot, to
 * 10 ms.
 */
export const steadyMs = () => uptime() * 1000;
