import type { Finding, FindingKind, Listener, TimelineRow } from '@portlight/server/views';
import { driftOf, ladderOf } from '../findings/finding-kinds.ts';
import { toMs } from '../format/time.ts';

/** What findings say of the ports of a timeline; ports are those of one network namespace and protocol, as `rowKey` writes them. */
export interface Expectations {
  /** Where a program belongs. */
  readonly homes: ReadonlySet<string>;
  /** Where its newest process listens instead. */
  readonly newest: ReadonlySet<string>;
  /** The ports ladders come to next, and when; null: unknown when. */
  readonly next: ReadonlyMap<string, number | null>;
  /** When each trouble began. */
  readonly sinceMs: readonly number[];
  /** Rows for ports that belong on the timeline even if nobody held them. */
  readonly rows: readonly TimelineRow[];
}

/** Kinds that say who should be where, and is not. */
const ABOUT_HOMES: readonly FindingKind[] = ['drift', 'ladder', 'stale-holder', 'missing', 'wrong-holder'];

export function rowKey(row: Pick<TimelineRow, 'networkNamespace' | 'protocol' | 'port'>): string {
  return `${row.networkNamespace} ${row.protocol} ${row.port}`;
}

/** `findings` are those open on this machine; `listeners` tell which network namespace is the host's. */
export function expectationsOf(
  findings: readonly Finding[],
  listeners: readonly Pick<Listener, 'networkNamespace' | 'isHostNamespace'>[],
): Expectations {
  const rowOf = ({ protocol, networkNamespace }: Finding, port: number): TimelineRow => ({
    protocol,
    port,
    networkNamespace,
    isHostNamespace: listeners.find((each) => each.networkNamespace === networkNamespace)?.isHostNamespace ?? true,
    spans: [],
  });
  const offPort = findings.filter(({ kind }) => ABOUT_HOMES.includes(kind));
  const homes = offPort.flatMap((each) => (each.port === null ? [] : [rowOf(each, each.port)]));
  const next = offPort.flatMap((each) => {
    const ladder = ladderOf(each);
    if (ladder === null) return [];
    return [{ row: rowOf(each, ladder.nextPort), at: ladder.nextAt === null ? null : toMs(ladder.nextAt) }];
  });
  return {
    homes: new Set(homes.map(rowKey)),
    newest: new Set(offPort.flatMap((each) => newestPorts(each).map((port) => rowKey(rowOf(each, port))))),
    next: new Map(next.map(({ row, at }) => [rowKey(row), at])),
    sinceMs: offPort.map(({ since }) => toMs(since)),
    rows: [...homes, ...next.map(({ row }) => row)],
  };
}

/** Where the newest process of the finding's program listens. */
export function newestPorts(finding: Finding): readonly number[] {
  const ladder = ladderOf(finding);
  if (ladder !== null) return ladder.ports.slice(-1);
  return driftOf(finding)?.current.map(({ port }) => port) ?? [];
}

/** The rows with those added that are expected and missing, by port. */
export function withExpected(rows: readonly TimelineRow[], { rows: expected }: Expectations): readonly TimelineRow[] {
  const known = new Set(rows.map(rowKey));
  const missing = new Map(expected.filter((row) => !known.has(rowKey(row))).map((row) => [rowKey(row), row]));
  if (missing.size === 0) return rows;
  return [...rows, ...missing.values()].sort(byPlace);
}

/** As the server sorts them: host namespace first, then by port. */
function byPlace(a: TimelineRow, b: TimelineRow): number {
  return Number(b.isHostNamespace) - Number(a.isHostNamespace) || a.port - b.port;
}
