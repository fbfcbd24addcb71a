import type { AgentInfo, Coverage, FindingKind, Host, Kernel } from '@portlight/agent/contract';
import type { HostCounts, HostRecord, SeenHost } from '../store.ts';
import type { HostsTable } from '../tables.ts';
import type { RowShape } from './bulk.ts';
import { toInstant, toMs } from './rows.ts';

interface Facts {
  readonly host: Host;
  readonly agent: AgentInfo;
  readonly coverage: Coverage;
  readonly kernel: Kernel;
}

export const HOSTS: RowShape<HostsTable> = {
  table: 'hosts',
  columns: {
    ...{ id: 'text', name: 'text', host_group: 'text', facts: 'text', digest: 'text', live_token: 'text' },
    ...{ push_address: 'text', taken_at: 'bigint', first_seen_at: 'bigint', has_left: 'bigint' },
    ...{ host_namespace: 'text', listeners: 'bigint', tcp: 'bigint', udp: 'bigint', unattributed: 'bigint' },
    ...{ on_loopback: 'bigint', on_private: 'bigint', on_public: 'bigint', on_any: 'bigint' },
    ...{
      critical: 'bigint',
      warning: 'bigint',
      notice: 'bigint',
      off_port: 'bigint',
      rows_hash: 'text',
      worst_kind: 'text',
    },
  },
  key: ['id'],
};

export function toHostsRow(record: HostRecord): HostsTable {
  const { host, agent, coverage, kernel, counts } = record;
  const facts: Facts = { host, agent, coverage, kernel };
  return {
    id: host.id,
    name: host.name,
    host_group: record.group,
    facts: JSON.stringify(facts),
    digest: record.digest,
    live_token: record.liveToken,
    push_address: record.pushAddress,
    taken_at: toMs(record.takenAt),
    first_seen_at: record.firstSeenAt,
    has_left: Number(record.hasLeft),
    host_namespace: record.hostNamespace,
    ...countColumns(counts),
    rows_hash: record.rowsHash,
    off_port: Number(record.isOffPort),
    worst_kind: record.worstKind,
  };
}

function countColumns({ loopback, private: onPrivate, public: onPublic, any, ...counts }: HostCounts) {
  return { ...counts, on_loopback: loopback, on_private: onPrivate, on_public: onPublic, on_any: any };
}

function toHostRecord(row: HostsTable): HostRecord {
  const facts = JSON.parse(row.facts) as Facts;
  return {
    ...facts,
    group: row.host_group,
    digest: row.digest,
    liveToken: row.live_token,
    pushAddress: row.push_address,
    takenAt: toInstant(row.taken_at),
    firstSeenAt: row.first_seen_at,
    hasLeft: row.has_left === 1,
    hostNamespace: row.host_namespace,
    counts: toCounts(row),
    rowsHash: row.rows_hash,
    isOffPort: row.off_port === 1,
    worstKind: row.worst_kind as FindingKind | null,
  };
}

type CountColumns = Pick<
  HostsTable,
  'listeners' | 'tcp' | 'udp' | 'unattributed' | 'critical' | 'warning' | 'notice' | (`on_${string}` & keyof HostsTable)
>;

export function toCounts(row: CountColumns): HostCounts {
  return {
    listeners: row.listeners,
    tcp: row.tcp,
    udp: row.udp,
    unattributed: row.unattributed,
    loopback: row.on_loopback,
    private: row.on_private,
    public: row.on_public,
    any: row.on_any,
    critical: row.critical,
    warning: row.warning,
    notice: row.notice,
  };
}

export interface SeenColumns {
  readonly seen_at: number | null;
  readonly clock_offset_ms: number | null;
  readonly every_seconds: number | null;
}

export function toSeenHost(row: HostsTable & SeenColumns): SeenHost {
  const { seen_at: at, clock_offset_ms: clockOffsetMs, every_seconds: aliveEverySeconds } = row;
  const isSeen = at !== null && clockOffsetMs !== null && aliveEverySeconds !== null;
  return { host: toHostRecord(row), seen: isSeen ? { hostId: row.id, at, clockOffsetMs, aliveEverySeconds } : null };
}
