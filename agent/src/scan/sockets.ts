import { FAMILIES, type Family, type Protocol } from '../contract.ts';
import { readTcpInUse } from '../proc/net-sockstat.ts';
import { type SocketRow, type SocketTable } from '../proc/net-socket-table.ts';
import { readNetTcp } from '../proc/net-tcp.ts';
import { readNetUdp } from '../proc/net-udp.ts';
import { type ProcRoot, type Unread } from '../proc/proc-root.ts';
import { type Namespace } from './namespaces.ts';

/** A socket that waits for peers. */
export interface Socket {
  readonly protocol: Protocol;
  readonly family: Family;
  readonly row: SocketRow;
  readonly namespace: Namespace;
}

/** The tables of some namespaces. */
export interface Sockets {
  /** Each socket once, by {@link socketKey}. */
  readonly byKey: ReadonlyMap<string, Socket>;
  readonly skippedRows: number;
  /** Tables that exist and could not be read. */
  readonly unreadTables: number;
}

/** The same socket in two looks. */
export function socketKey({ protocol, namespace, row }: Socket): string {
  return `${protocol} ${namespace.inode} ${row.inode}`;
}

export function readSockets(root: ProcRoot, namespaces: readonly Namespace[]): Sockets {
  const tables = namespaces.flatMap((namespace) => readTables(root, namespace));
  const sockets = tables.flatMap(({ table, ...of }) =>
    'rows' in table ? table.rows.map((row) => ({ ...of, row })) : [],
  );
  return {
    byKey: new Map(sockets.map((socket) => [socketKey(socket), socket])),
    skippedRows: tables.reduce((sum, { table }) => sum + ('rows' in table ? table.skippedRows : 0), 0),
    unreadTables: tables.filter(({ table }) => 'kind' in table && table.kind !== 'gone').length,
  };
}

interface Table extends Pick<Socket, 'protocol' | 'family' | 'namespace'> {
  readonly table: SocketTable | Unread;
}

/** By way of the first process that is still there: net/tcp is missing for none that lives. */
function readTables(root: ProcRoot, namespace: Namespace): Table[] {
  for (const folder of namespace.folders) {
    const first = readTcp(root, folder, 'ipv4');
    if ('kind' in first && first.kind === 'gone') continue;
    return [
      { protocol: 'tcp', family: 'ipv4', namespace, table: first },
      { protocol: 'tcp', family: 'ipv6', namespace, table: readTcp(root, folder, 'ipv6') },
      ...FAMILIES.map((family) => ({
        protocol: 'udp' as const,
        family,
        namespace,
        table: readNetUdp(root, folder, family),
      })),
    ];
  }
  return [];
}

const EMPTY: SocketTable = { rows: [], skippedRows: 0 };

/** Most namespaces use one IP version or none: what has no socket has no listener. */
function readTcp(root: ProcRoot, folder: string, family: Family): SocketTable | Unread {
  return readTcpInUse(root, folder, family) === 0 ? EMPTY : readNetTcp(root, folder, family);
}
