import { type Family } from '../contract.ts';
import { parseHexAddress } from './net-address.ts';

/** A row of net/tcp or net/tcp6 that does not listen. */
export interface TcpRow {
  readonly address: string;
  readonly port: number;
  readonly peerAddress: string;
  readonly peerPort: number;
  /** include/net/tcp_states.h, as ss prints it: `ESTAB`, `TIME-WAIT`. */
  readonly state: string;
  /** Decimal; `0` where no process holds it: TIME_WAIT, or not accepted yet. */
  readonly inode: string;
}

/** By `st`, from 01 on; 0A, LISTEN, is left out. */
const STATES: Readonly<Record<string, string>> = {
  '01': 'ESTAB',
  '02': 'SYN-SENT',
  '03': 'SYN-RECV',
  '04': 'FIN-WAIT-1',
  '05': 'FIN-WAIT-2',
  '06': 'TIME-WAIT',
  '07': 'CLOSE',
  '08': 'CLOSE-WAIT',
  '09': 'LAST-ACK',
  '0B': 'CLOSING',
  '0C': 'SYN-RECV',
};

const COLUMNS = String.raw`:([0-9A-F]{4}) +([0-9A-F]{8,32}):([0-9A-F]{4}) +([0-9A-F]{2}) +\S+ +\S+ +\S+ +\d+ +-?\d+ +(\d{1,20})`;
const ROW = new RegExp(String.raw`^ *\d+: +([0-9A-F]{8}|[0-9A-F]{32})${COLUMNS}`);
/** Enough to show; a busy server has a hundred thousand. */
const MOST_ROWS = 256;

/** Rows with this local port that do not listen, each once, 256 at most. */
export function parseTcpRowsOnPort(bytes: Buffer, family: Family, port: number): readonly TcpRow[] {
  const mark = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const rows = new Map<string, TcpRow>();
  const width = family === 'ipv4' ? 8 : 32;
  for (let found = bytes.indexOf(mark); found !== -1 && rows.size < MOST_ROWS; found = bytes.indexOf(mark, found + 1)) {
    const start = bytes.lastIndexOf(10, found) + 1;
    const row = parseRow(bytes.toString('latin1', start, start + 256).split('\n', 1)[0] ?? '', width);
    if (row?.port === port) rows.set(`${row.address} ${row.peerAddress}:${row.peerPort}`, row);
  }
  return [...rows.values()];
}

function parseRow(line: string, width: number): TcpRow | null {
  const [, address = '', port = '', peerAddress = '', peerPort = '', st = '', inode = ''] = ROW.exec(line) ?? [];
  const state = STATES[st];
  if (state === undefined || address.length !== width || peerAddress.length !== width) return null;
  return {
    address: parseHexAddress(address),
    port: Number.parseInt(port, 16),
    peerAddress: parseHexAddress(peerAddress),
    peerPort: Number.parseInt(peerPort, 16),
    state,
    inode,
  };
}
