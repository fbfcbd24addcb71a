import type { EventKind, Instant, Protocol } from '@portlight/agent/contract';

/** The process that stands for a socket's holders: the oldest. */
export interface EventHolder {
  readonly pid: number;
  readonly startTicks: number | null;
  readonly startedAt: Instant | null;
  readonly program: string;
  /** First KiB. */
  readonly commandLine: readonly string[];
}

export interface NewEvent {
  readonly at: Instant;
  readonly kind: EventKind;
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly networkNamespace: string;
  readonly inode: string;
  readonly holder: EventHolder | null;
  /** Processes holding the socket. */
  readonly holders: number;
  readonly detail: string | null;
  readonly agentStartedAt: Instant;
  /** The agent's own number, from 1; below 0 for what the server concluded. */
  readonly id: number;
  /** By the server's clock. */
  readonly receivedAt: number;
}

export interface StoredEvent extends Omit<NewEvent, 'id' | 'receivedAt'> {
  readonly place: EventPlace;
  /** Of the agent start it comes from; null when not known. */
  readonly bootId: string | null;
}

/** Agent's times, both ends included. */
export interface EventRange {
  readonly from: number;
  readonly to: number;
  /** Only events before this one. */
  readonly before: EventPlace | null;
  readonly limit: number;
}

/** Where an event stands among those of its machine: by time, then by its number, then by what it is about. */
export interface EventPlace {
  /** Agent's clock. */
  readonly at: number;
  readonly id: number;
  /** The store's own number. */
  readonly subject: number;
}

/** A stretch of which nothing is known: from the last sign of life to the next scan. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}
