/** What happened on a machine: views of its timeline and its events. */
import type { EventKind, Family, Instant, Protocol } from '@portlight/agent/contract';
import type { Stamped } from './stamped.ts';

/** Which process held a port over a stretch of time. */
export interface TimelineSpan {
  /** Names the process instance (boot id, pid, start ticks); the same on each port it holds. Null when the holder is unknown. */
  readonly instance: string | null;
  readonly pid: number | null;
  readonly program: string | null;
  /** Masked, first KiB. */
  readonly commandLine: readonly string[];
  /** When that process started, even if before it opened the port. */
  readonly processStartedAt: Instant | null;
  readonly address: string;
  readonly family: Family | null;
  readonly inode: string;
  /** Processes sharing the socket, this one included. */
  readonly holders: number;
  /** Null: open since before `from`, or since before anything was kept. */
  readonly start: Instant | null;
  /** Null: still open. */
  readonly end: Instant | null;
  /** Until when it was in charge; null: no finding says that it was left behind. From then on it is. */
  readonly chargeUntil: Instant | null;
}

/** Everyone who held one port. */
export interface TimelineRow {
  readonly protocol: Protocol;
  readonly port: number;
  readonly networkNamespace: string;
  readonly isHostNamespace: boolean;
  /** In order of start. */
  readonly spans: readonly TimelineSpan[];
}

/** A stretch of which nothing is known: the agent did not run or report. */
export interface TimelineGap {
  readonly from: Instant;
  /** Null: it lasts. */
  readonly to: Instant | null;
}

export interface TimelineView extends Stamped {
  readonly from: Instant;
  readonly to: Instant;
  /** Host namespace first, then by port. */
  readonly rows: readonly TimelineRow[];
  /** Rows left out because there were more than 1,000. */
  readonly rowsOmitted: number;
  readonly gaps: readonly TimelineGap[];
  readonly keptSince: Instant;
}

/** Something that happened on a machine. */
export interface EventView {
  /** Of this machine; a cursor too. */
  readonly id: string;
  readonly at: Instant;
  readonly kind: EventKind;
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly networkNamespace: string;
  readonly inode: string;
  /** Oldest holder, for a sentence; null when unknown. */
  readonly pid: number | null;
  readonly program: string | null;
  readonly holders: number;
  readonly detail: string | null;
}
