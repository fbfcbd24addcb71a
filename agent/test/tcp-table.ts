/** Rows of net/tcp as Linux prints them. */

/** What matters of a row; the rest is as for a quiet socket. */
export interface TableRow {
  /** As printed: `0100007F:0BB8`. */
  readonly local: string;
  /** In an IPv6 row an IPv4 address stands for its mapped one. */
  readonly peer?: string;
  /** `0A` is LISTEN. */
  readonly state: string;
  readonly inode?: number;
  /** rx_queue. */
  readonly waiting?: number;
}

const NOBODY = '00000000:0000';
const MAPPED = '0000000000000000FFFF0000';
const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

const digits = (value: number, count: number) => value.toString(16).toUpperCase().padStart(count, '0');

/** `0100007F:0BB8`. */
export const loopback = (port: number) => `0100007F:${digits(port, 4)}`;

export function tcpRow({ local, peer = NOBODY, state, inode = 0, waiting = 0 }: TableRow, number: number): string {
  const columns = `00000000:${digits(waiting, 8)} 00:00000000 00000000  1000        0 ${inode} 1 0000000000000000 100 0 0 10 0`;
  const isIpv6 = local.length > NOBODY.length;
  return `${String(number).padStart(4)}: ${local} ${isIpv6 ? MAPPED : ''}${peer} ${state} ${columns}`.padEnd(149);
}

export function tcpTable(rows: readonly TableRow[]): string {
  return [HEADER.padEnd(149), ...rows.map(tcpRow)].map((line) => `${line}\n`).join('');
}
