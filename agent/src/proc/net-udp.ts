import { type Family } from '../contract.ts';
import { parseSocketTable, rowPattern, type RowFormat, type SocketTable } from './net-socket-table.ts';
import { type ProcRoot, type Unread } from './proc-root.ts';

/** State 07 (TCP_CLOSE) of a UDP socket: bound and not connected, `UNCONN` to ss. */
const UNCONNECTED = '07';
/** `ref pointer drops`, of which old kernels write less. */
const TAIL = String.raw`(?: +\d+(?: +\S+(?: +\d+(?: .*)?)?)?)?`;
const FORMATS: Readonly<Record<Family, RowFormat>> = {
  ipv4: { pattern: rowPattern('ipv4', TAIL), waiting: UNCONNECTED },
  ipv6: { pattern: rowPattern('ipv6', TAIL), waiting: UNCONNECTED },
};

/** Sockets of net/udp or net/udp6 that take datagrams from anyone. */
export function parseNetUdp(bytes: Buffer, family: Family): SocketTable {
  return parseSocketTable(bytes, FORMATS[family]);
}

/** @param net the folder of a namespace's tables, as `1/net` */
export function readNetUdp(root: ProcRoot, net: string, family: Family): SocketTable | Unread {
  const read = root.bytes(`${net}/${family === 'ipv4' ? 'udp' : 'udp6'}`);
  return read.kind === 'bytes' ? parseNetUdp(read.bytes, family) : read;
}
