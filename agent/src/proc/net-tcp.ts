import { type Family } from '../contract.ts';
import {
  createTableReader,
  parseSocketTable,
  rowPattern,
  type RowFormat,
  type SocketTable,
} from './net-socket-table.ts';
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

/**
 * Reads no further than listening sockets go: what a hundred thousand connections have is not looked at each second.
 * @param net the folder of a namespace's tables, as `1/net`; a machine without IPv6 has no net/tcp6
 */
export function readNetTcp(root: ProcRoot, net: string, family: Family): SocketTable | Unread {
  const reader = createTableReader(FORMATS[family]);
  const read = root.lines(tcpTable(net, family), (lines) => reader.take(lines));
  return read.kind === 'read' ? reader.table() : read;
}

/** Path of a TCP table. */
export function tcpTable(net: string, family: Family): string {
  return `${net}/${family === 'ipv4' ? 'tcp' : 'tcp6'}`;
}
