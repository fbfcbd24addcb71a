import { type Coverage, type Host, type Instant, type Kernel, type Listener } from '../contract.ts';

/** What /proc and os-release tell of the machine itself. */
export type ScannedHost = Pick<Host, 'bootId' | 'bootedAt' | 'kernelVersion' | 'os'>;

/** One look at the machine. */
export interface Scan {
  readonly takenAt: Instant;
  /** In the order the contract promises. `openedAt` is null for what the scanner's first scan saw; `service` is always null. */
  readonly listeners: readonly Listener[];
  readonly coverage: Coverage;
  readonly kernel: Kernel;
  readonly host: ScannedHost;
}

/** Looks at the machine, again and again: it remembers the looks before, so one scanner belongs to one machine. */
export interface Scanner {
  /** Synchronous and never throws for what it finds in /proc; what could not be seen is in `coverage`. */
  scan(at: Date): Scan;
}
