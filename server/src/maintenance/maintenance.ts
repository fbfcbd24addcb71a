import { randomUUID } from 'node:crypto';
import type { HomeLearner } from '../expectations/home-learner.ts';
import { ENDED_TOLD_FOR_MS } from '../ingest/token-book.ts';
import type { Log } from '../log.ts';
import type { Removed, Store } from '../store/store.ts';
import { roomPlan } from './room-plan.ts';

interface MaintenanceOptions {
  readonly now: () => number;
  readonly retentionMs: number;
  /** Null: as much as the disk has. */
  readonly maxStoreBytes: number | null;
  readonly forgetAfterMs: number;
  /** Told which machines nothing is kept of any more. */
  readonly onForgotten: (hostIds: readonly string[]) => void;
  readonly learner: HomeLearner;
  readonly log: Pick<Log, 'warn'>;
}

/** Answer of POST /api/v1/maintenance. */
export interface MaintenanceAnswer {
  /** Another instance is at it: nothing was done here. */
  readonly isElsewhere: boolean;
  /** Whose events were removed as they were too old, as 2026-11-23. */
  readonly removedDays: readonly string[];
  /** Whose events were removed before their time, as the store was too large. */
  readonly droppedDays: readonly string[];
  readonly removedFindings: number;
  readonly removedHosts: readonly string[];
  /** Looked at to learn where programs belong. */
  readonly learnedFromHosts: number;
  /** In use afterwards; null where nothing was looked at. */
  readonly storeBytes: number | null;
  /** Larger than --max-store, and no day is left to remove. */
  readonly isTooLarge: boolean;
  /** Another call finds more to remove. */
  readonly isMoreLeft: boolean;
}

type Room = Pick<MaintenanceAnswer, 'droppedDays' | 'storeBytes' | 'isTooLarge' | 'isMoreLeft'>;

const NOTHING: MaintenanceAnswer = {
  isElsewhere: true,
  removedDays: [],
  droppedDays: [],
  removedFindings: 0,
  removedHosts: [],
  learnedFromHosts: 0,
  storeBytes: null,
  isTooLarge: false,
  isMoreLeft: false,
};

/** Rows of one kind removed in one call: a commit stays short. */
const AT_MOST = 10_000;
/** Who did what is asked for longer than what happened. */
const AUDIT_KEPT_MS = 400 * 86_400_000;
const LEASE = 'maintenance';
/** Longer than a turn takes; who ends in the middle keeps others from it that long. */
const LEASE_MS = 60_000;

/** The time-driven work, a bounded piece at a time; whoever calls it, it does the same. One instance does it at a time. */
export class Maintenance {
  private readonly holder = randomUUID();
  private wasTooLarge = false;

  constructor(
    private readonly store: Store,
    private readonly options: MaintenanceOptions,
  ) {}

  run(): Promise<MaintenanceAnswer> {
    return this.piece(true);
  }

  /** Piece after piece, as long as there is more to remove; what there is to learn is learned by and by. */
  async runOn(pieces: number): Promise<void> {
    for (let done = 0; done < pieces; done += 1) {
      const { isMoreLeft } = await this.piece(done === 0);
      if (!isMoreLeft) return;
    }
  }

  private async piece(isLearning: boolean): Promise<MaintenanceAnswer> {
    const now = this.options.now();
    const lease = { holder: this.holder, now, until: now + LEASE_MS };
    const task = await this.store.commit((writer) => writer.takeLease(LEASE, lease));
    if (task === null) return NOTHING;
    const removed = await this.removeOld(now);
    const room = await this.makeRoom();
    const learnedFromHosts = isLearning ? (await this.options.learner.run()).machines : 0;
    await this.store.commit((writer) => writer.endLease(LEASE, ''));
    return {
      isElsewhere: false,
      removedDays: removed.days,
      removedFindings: removed.findings,
      removedHosts: removed.hostIds,
      learnedFromHosts,
      ...room,
      isMoreLeft: removed.findings === AT_MOST || removed.hostIds.length > 0 || room.isMoreLeft,
    };
  }

  private async removeOld(now: number): Promise<Removed> {
    const limits = { hostsSeenBefore: now - this.options.forgetAfterMs, atMost: AT_MOST };
    const removed = await this.store.commit(async (writer) => {
      await writer.removeOldAccess({
        auditBefore: now - AUDIT_KEPT_MS,
        endedBefore: now - ENDED_TOLD_FOR_MS,
        ...limits,
      });
      return await writer.removeOld({ receivedBefore: now - this.options.retentionMs, ...limits });
    });
    this.options.onForgotten(removed.hostIds);
    return removed;
  }

  private async makeRoom(): Promise<Room> {
    const { maxStoreBytes, log } = this.options;
    const before = await this.store.reader.space();
    const plan = roomPlan(before, maxStoreBytes);
    const day = plan.isTooLarge ? await this.store.commit((writer) => writer.dropOldestDay()) : null;
    if (day !== null)
      log.warn({ day, maxStoreBytes }, 'the store is too large: the events of its oldest day are removed');
    if (plan.isMuchFree) await this.store.commit((writer) => writer.giveBack());
    const after = await this.store.reader.space();
    const left = roomPlan(after, maxStoreBytes);
    const isTooLarge = left.isTooLarge && day === null;
    if (isTooLarge && !this.wasTooLarge)
      log.warn({ maxStoreBytes, ...after }, 'the store is too large, but no day is left');
    this.wasTooLarge = isTooLarge;
    return {
      droppedDays: day === null ? [] : [day],
      storeBytes: after.used,
      isTooLarge,
      // A file of an early version cannot give anything back.
      isMoreLeft:
        (left.isTooLarge && day !== null) || (left.isMuchFree && (after.free < before.free || !plan.isMuchFree)),
    };
  }
}
