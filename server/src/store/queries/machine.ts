import { sql } from 'kysely';
import type { Holder, Listener, Protocol } from '@portlight/agent/contract';
import type { JudgedMachine } from '../finding-store.ts';
import type { HostRecord, KeptListener, Machine, MachineRows, OfHost, RowChanges, SeenHost } from '../store.ts';
import type { HostsTable, ListenersTable, ProcessesTable } from '../tables.ts';
import { isOneOf, removeRows, upsert, type RowShape } from './bulk.ts';
import { openFindings } from './findings.ts';
import { HOSTS, toHostsRow, toSeenHost } from './host-record.ts';
import { toInstantOrNull, toMsOrNull, type Queries } from './rows.ts';

export async function readHost(queries: Queries, hostId: string): Promise<SeenHost | null> {
  return (await hostsWithIds(queries, [hostId]))[0] ?? null;
}

async function readMachine(queries: Queries, hostId: string): Promise<Machine | null> {
  const known = await readHost(queries, hostId);
  if (!known) return null;
  const rows = (await readRows(queries, [hostId])).get(hostId);
  return { ...known, listeners: rows?.listeners ?? [], processes: rows?.processes ?? new Map<number, Holder>() };
}

export async function hostsWithIds(queries: Queries, hostIds: readonly string[]): Promise<readonly SeenHost[]> {
  const rows = await queries
    .selectFrom('hosts')
    .leftJoin('seen', 'seen.host', 'hosts.id')
    .selectAll('hosts')
    .select(['seen.at as seen_at', 'seen.clock_offset_ms', 'seen.every_seconds'])
    .where(isOneOf(queries, sql`hosts.id`, hostIds))
    .execute();
  return rows.map(toSeenHost);
}

export async function readRows(
  queries: Queries,
  hostIds: readonly string[],
): Promise<ReadonlyMap<string, MachineRows>> {
  if (hostIds.length === 0) return new Map();
  const ofThem = isOneOf(queries, sql`host`, hostIds);
  const listeners = await queries.selectFrom('listeners').selectAll().where(ofThem).execute();
  const processes = await queries.selectFrom('processes').selectAll().where(ofThem).execute();
  const listenersOf = Map.groupBy(listeners, ({ host }) => host);
  const processesOf = Map.groupBy(processes, ({ host }) => host);
  return new Map(hostIds.map((id) => [id, toRows(listenersOf.get(id) ?? [], processesOf.get(id) ?? [])]));
}

function toRows(listeners: readonly ListenersTable[], processes: readonly ProcessesTable[]): MachineRows {
  return {
    listeners: listeners.map(toListener),
    processes: new Map(processes.map(({ pid, facts }) => [pid, JSON.parse(facts) as Holder])),
  };
}

/** Machines without trouble cost no further query. */
export async function readJudgedMachine(queries: Queries, hostId: string): Promise<JudgedMachine | null> {
  const machine = await readMachine(queries, hostId);
  if (!machine) return null;
  const findings =
    machine.host.worstKind === null ? [] : (await openFindings(queries, [hostId])).map(({ finding }) => finding);
  return { ...machine, findings };
}

type ListenerKey = 'networkNamespace' | 'protocol' | 'port' | 'address' | 'inode';
type ListenerFacts = Omit<Listener, ListenerKey | 'openedAt' | 'holders'>;

function toListener(row: ListenersTable): KeptListener {
  return {
    ...(JSON.parse(row.facts) as ListenerFacts),
    networkNamespace: row.network_namespace,
    protocol: row.protocol as Protocol,
    port: row.port,
    address: row.address,
    inode: row.inode,
    openedAt: toInstantOrNull(row.opened_at),
    holders: JSON.parse(row.holders) as readonly number[],
  };
}

function toListenersRow(host: string, listener: KeptListener): ListenersTable {
  const { networkNamespace, protocol, port, address, inode, openedAt, holders, ...facts } = listener;
  const key = { host, network_namespace: networkNamespace, protocol, port, address, inode };
  return { ...key, opened_at: toMsOrNull(openedAt), holders: JSON.stringify(holders), facts: JSON.stringify(facts) };
}

function toProcessesRow(host: string, holder: Holder): ProcessesTable {
  return { host, pid: holder.pid, facts: JSON.stringify(holder) };
}

const CHANGING_OF_HOSTS = (Object.keys(HOSTS.columns) as (keyof HostsTable)[]).filter((name) => name !== 'id');

export async function saveHosts(queries: Queries, records: readonly HostRecord[]): Promise<void> {
  await upsert(queries, HOSTS, records.map(toHostsRow), CHANGING_OF_HOSTS);
}

const LISTENERS: RowShape<ListenersTable> = {
  table: 'listeners',
  columns: {
    ...{ host: 'text', network_namespace: 'text', protocol: 'text', port: 'bigint', address: 'text', inode: 'text' },
    ...{ opened_at: 'bigint', holders: 'text', facts: 'text' },
  },
  key: ['host', 'network_namespace', 'protocol', 'port', 'address', 'inode'],
};

const PROCESSES: RowShape<ProcessesTable> = {
  table: 'processes',
  columns: { host: 'text', pid: 'bigint', facts: 'text' },
  key: ['host', 'pid'],
};

export async function saveRows(queries: Queries, changes: readonly OfHost<RowChanges>[]): Promise<void> {
  const listeners = (kind: 'saved' | 'removed') =>
    changes.flatMap((change) => change[kind].map((listener) => toListenersRow(change.hostId, listener)));
  await removeRows(queries, LISTENERS, listeners('removed'));
  await upsert(queries, LISTENERS, listeners('saved'), ['opened_at', 'holders', 'facts']);
  const gone = changes.flatMap(({ hostId, removedPids }) => removedPids.map((pid) => ({ host: hostId, pid })));
  await removeRows(queries, PROCESSES, gone);
  const saved = changes.flatMap(({ hostId, savedProcesses }) =>
    savedProcesses.map((holder) => toProcessesRow(hostId, holder)),
  );
  await upsert(queries, PROCESSES, saved, ['facts']);
}

export async function saveNumbers(queries: Queries, listeners: readonly OfHost<KeptListener>[]): Promise<void> {
  const rows = listeners.map(({ hostId, ...listener }) => toListenersRow(hostId, listener));
  await upsert(queries, LISTENERS, rows, ['facts']);
}
