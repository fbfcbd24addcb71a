import type { Finding, Instant, Protocol } from '@portlight/agent/contract';
import type { EventHolder, StoredEvent } from '../store/event-store.ts';
import type { KeptFinding } from '../store/finding-store.ts';

/** A finding's word that a process was left behind on a port. */
export interface LeftBehind {
  readonly pid: number;
  /** Null where the finding does not tell; then the pid alone names it. */
  readonly startTicks: number | null;
  readonly protocol: Protocol;
  readonly port: number;
  readonly networkNamespace: string;
  readonly since: Instant;
  /** When the finding closed: what came later is not its business. Null while it is open. */
  readonly until: Instant | null;
}

/** Also a stale holder that stands alone is among its own causes. */
export function leftBehind(kept: readonly KeptFinding[]): readonly LeftBehind[] {
  return kept.flatMap(({ finding, closedAt }) =>
    finding.causes.flatMap(({ kind, pid, port, since }) =>
      kind === 'stale-holder' && pid !== null && port !== null
        ? [toLeftBehind(finding, { pid, port, since, until: closedAt })]
        : [],
    ),
  );
}

function toLeftBehind(
  { holders, protocol, networkNamespace }: Finding,
  word: Pick<LeftBehind, 'pid' | 'port' | 'since' | 'until'>,
): LeftBehind {
  const startTicks = holders.find(({ pid }) => pid === word.pid)?.startTicks ?? null;
  return { ...word, startTicks, protocol, networkNamespace };
}

/** What a span holds, from when to when. */
export interface Held {
  readonly socket: Pick<StoredEvent, 'protocol' | 'port' | 'networkNamespace'>;
  readonly holder: EventHolder | null;
  readonly start: Instant | null;
  readonly end: Instant | null;
}

/** Until when the holder was in charge: the first word on it, not before it held the port. Null without any. */
export function chargeUntil(held: Held, words: readonly LeftBehind[]): Instant | null {
  const [first] = words
    .filter((word) => isAbout(word, held))
    .map(({ since }) => Date.parse(since))
    .toSorted((a, b) => a - b);
  if (first === undefined) return null;
  return new Date(Math.max(first, msOr(held.start, first))).toISOString();
}

function isAbout(word: LeftBehind, { socket, holder, start, end }: Held): boolean {
  const isSocket =
    word.port === socket.port && word.protocol === socket.protocol && word.networkNamespace === socket.networkNamespace;
  if (!isSocket || word.pid !== holder?.pid) return false;
  const isOtherInstance =
    word.startTicks !== null && holder.startTicks !== null && word.startTicks !== holder.startTicks;
  if (isOtherInstance) return false;
  return Date.parse(word.since) <= msOr(end, Infinity) && msOr(start, -Infinity) <= msOr(word.until, Infinity);
}

function msOr(instant: Instant | null, unknown: number): number {
  return instant === null ? unknown : Date.parse(instant);
}
