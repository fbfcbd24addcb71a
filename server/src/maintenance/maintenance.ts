import type { HomeLearner } from '../expectations/home-learner.ts';
import type { Store } from '../store/store.ts';

interface MaintenanceOptions {
  readonly now: () => number;
  readonly retentionMs: number;
  /** Null: as much as the disk has. */
  readonly maxStoreBytes: number | null;
  readonly forgetAfterMs: number;
  /** Told which machines nothing is kept of any more. */
  readonly onForgotten: (hostIds: readonly string[]) => void;
  readonly learner: HomeLearner;
}

/** Answer of POST /api/v1/maintenance. */
export interface MaintenanceAnswer {
  /** Whose events were removed, as 2026-11-23. */
  readonly removedDays: readonly string[];
  readonly removedFindings: number;
  readonly removedHosts: readonly string[];
  /** Looked at to learn where programs belong; 0 while another instance does it. */
  readonly learnedFromHosts: number;
}

/** Rows of one kind removed in one call: a commit stays short. */
const AT_MOST = 10_000;

/** The time-driven work, a bounded piece at a time; whoever calls it, it does the same. */
export class Maintenance {
  constructor(
    private readonly store: Store,
    private readonly options: MaintenanceOptions,
  ) {}

  async run(): Promise<MaintenanceAnswer> {
    const now = this.options.now();
    const removed = await this.store.commit((writer) =>
      writer.removeOld({
        receivedBefore: now - this.options.retentionMs,
        hostsSeenBefore: now - this.options.forgetAfterMs,
        atMost: AT_MOST,
      }),
    );
    this.options.onForgotten(removed.hostIds);
    const learned = await this.options.learner.run();
    return {
      removedDays: removed.days,
      removedFindings: removed.findings,
      removedHosts: removed.hostIds,
      learnedFromHosts: learned.machines,
    };
  }
}
