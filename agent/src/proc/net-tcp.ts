import { type Family } from '../contract.ts';
import { parseSocketTable, rowPattern, type RowFormat, type SocketTable } from './net-socket-table.ts';
import { type ProcRoot, type Unread } from './proc-root.ts';

/** State 0A is LISTEN (include/net/tcp_states.h); TIME_WAIT rows have fewer columns than others, hence the free tail. */
const LISTEN = '0A';
const FORMATS: Readonly<Record<Family, RowFormat>> = {
  ipv4: { pattern: rowPattern('ipv4', '(?: .*)?'), waiting: LISTEN },
  ipv6: { pattern: rowPattern('ipv6', '(?: .*)?'), waiting: LISTEN },
};

/** Listening sockets of net/tcp or net/tcp6. */
export function parseNetTcp(bytes: Buffer, family: Family): SocketTable {
  return parseSocketTable(bytes, FORMATS[family]);
}

/** @param net the folder of a namespace's tables, as `1/net`; a machine without IPv6 has no net/tcp6 */
export function readNetTcp(root: ProcRoot, net: string, family: Family): SocketTable | Unread {
  const read = root.bytes(`${net}/${family === 'ipv4' ? 'tcp' : 'tcp6'}`);
  return read.kind === 'bytes' ? parseNetTcp(read.bytes, family) : read;
}
