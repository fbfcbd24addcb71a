import type { Holder, Listener, Protocol } from '@portlight/agent/contract';
import type { JudgedMachine } from '../finding-store.ts';
import type { HostRecord, KeptListener, Machine, RowChanges, SeenHost } from '../store.ts';
import type { ListenersTable, ProcessesTable } from '../tables.ts';
import { openFindings } from './findings.ts';
import { toHostsRow, toSeenHost } from './host-record.ts';
import { batches, toInstantOrNull, toMsOrNull, type Queries } from './rows.ts';

export async function readHost(queries: Queries, hostId: string): Promise<SeenHost | null> {
  const row = await queries
    .selectFrom('hosts')
    .leftJoin('seen', 'seen.host', 'hosts.id')
    .selectAll('hosts')
    .select(['seen.at as seen_at', 'seen.clock_offset_ms'])
    .where('hosts.id', '=', hostId)
    .executeTakeFirst();
  return row ? toSeenHost(row) : null;
}

export async function readMachine(queries: Queries, hostId: string): Promise<Machine | null> {
  const known = await readHost(queries, hostId);
  if (!known) return null;
  const listeners = await queries.selectFrom('listeners').selectAll().where('host', '=', hostId).execute();
  const processes = await queries.selectFrom('processes').selectAll().where('host', '=', hostId).execute();
  return {
    ...known,
    listeners: listeners.map(toListener),
    processes: new Map(processes.map(({ pid, facts }) => [pid, JSON.parse(facts) as Holder])),
  };
}

/** Machines without trouble cost no further query. */
export async function readJudgedMachine(queries: Queries, hostId: string): Promise<JudgedMachine | null> {
  const machine = await readMachine(queries, hostId);
  if (!machine) return null;
  const findings = machine.host.worstKind === null ? [] : await openFindings(queries, hostId);
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

export async function saveHost(queries: Queries, record: HostRecord): Promise<void> {
  const row = toHostsRow(record);
  await queries
    .insertInto('hosts')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

export async function saveRows(queries: Queries, host: string, changes: RowChanges): Promise<void> {
  await removeListeners(queries, host, changes.removed);
  await saveListeners(
    queries,
    changes.saved.map((listener) => toListenersRow(host, listener)),
  );
  await removeProcesses(queries, host, changes.removedPids);
  await saveProcesses(
    queries,
    changes.savedProcesses.map((holder) => toProcessesRow(host, holder)),
  );
}

async function saveListeners(queries: Queries, rows: readonly ListenersTable[]): Promise<void> {
  for (const batch of batches(rows)) {
    await queries
      .insertInto('listeners')
      .values(batch)
      .onConflict((conflict) =>
        conflict
          .columns(['host', 'network_namespace', 'protocol', 'port', 'address', 'inode'])
          .doUpdateSet((excluded) => ({
            opened_at: excluded.ref('excluded.opened_at'),
            holders: excluded.ref('excluded.holders'),
            facts: excluded.ref('excluded.facts'),
          })),
      )
      .execute();
  }
}

async function removeListeners(queries: Queries, host: string, gone: readonly KeptListener[]): Promise<void> {
  for (const { networkNamespace, protocol, port, address, inode } of gone) {
    await queries
      .deleteFrom('listeners')
      .where('host', '=', host)
      .where('network_namespace', '=', networkNamespace)
      .where('protocol', '=', protocol)
      .where('port', '=', port)
      .where('address', '=', address)
      .where('inode', '=', inode)
      .execute();
  }
}

async function saveProcesses(queries: Queries, rows: readonly ProcessesTable[]): Promise<void> {
  for (const batch of batches(rows)) {
    await queries
      .insertInto('processes')
      .values(batch)
      .onConflict((conflict) =>
        conflict.columns(['host', 'pid']).doUpdateSet((excluded) => ({ facts: excluded.ref('excluded.facts') })),
      )
      .execute();
  }
}

async function removeProcesses(queries: Queries, host: string, pids: readonly number[]): Promise<void> {
  for (const batch of batches(pids)) {
    await queries.deleteFrom('processes').where('host', '=', host).where('pid', 'in', batch).execute();
  }
}
