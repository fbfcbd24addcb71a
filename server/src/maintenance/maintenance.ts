import type { HomeLearner } from '../expectations/home-learner.ts';
import type { Store } from '../store/store.ts';

interface MaintenanceOptions {
  readonly now: () => number;
  readonly retentionMs: number;
  readonly forgetAfterMs: number;
  /** Told which machines nothing is kept of any more. */
  readonly onForgotten: (hostIds: readonly string[]) => void;
  readonly learner: HomeLearner;
}

/** Answer of POST /api/v1/maintenance. */
export interface MaintenanceAnswer {
  readonly removedEvents: number;
  readonly removedFindings: number;
  readonly removedHosts: readonly string[];
  /** Looked at to learn where programs belong; 0 while another instance does it. */
  readonly learnedFromHosts: number;
}

/** Rows of one kind removed in one call: a commit stays short. */
const AT_MOST = 10_000;
/** Clients that missed more than this ask for everything again. */
const FEED_ENTRIES = 10_000;

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
        feedEntries: FEED_ENTRIES,
        atMost: AT_MOST,
      }),
    );
    this.options.onForgotten(removed.hostIds);
    const learned = await this.options.learner.run();
    return {
      removedEvents: removed.events,
      removedFindings: removed.findings,
      removedHosts: removed.hostIds,
      learnedFromHosts: learned.machines,
    };
  }
}
