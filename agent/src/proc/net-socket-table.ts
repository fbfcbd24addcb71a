import { type Family } from '../contract.ts';
import { parseHexAddress } from './net-address.ts';

/** A row of net/tcp, net/udp or their IPv6 twins that waits for peers. */
export interface SocketRow {
  readonly address: string;
  readonly port: number;
  readonly uid: number;
  /** Decimal; a string, as a kernel may count beyond 2^53. */
  readonly inode: string;
  /** rx_queue: connections waiting for accept() in a LISTEN row, bytes in a UDP row. */
  readonly receiveQueue: number;
}

export interface SocketTable {
  readonly rows: readonly SocketRow[];
  /** Malformed rows among those that were read, whatever their state. */
  readonly skippedRows: number;
}

/** How the rows of a table look: its groups are address, port, state, receive queue, uid and inode. */
export interface RowFormat {
  readonly pattern: RegExp;
  /** `st` of the rows that wait for peers, two hexadecimal digits. */
  readonly waiting: string;
}

/**
 * `sl: local remote st tx:rx tr:when retrnsmt uid timeout inode …`; columns move, so they are told by their blanks.
 * https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt
 * @param tail what may follow the inode
 */
export function rowPattern(family: Family, tail: string): RegExp {
  const address = family === 'ipv4' ? '[0-9A-F]{8}' : '[0-9A-F]{32}';
  const columns = [
    String.raw`^ *\d+:`,
    `(${address}):([0-9A-F]{4})`,
    `${address}:[0-9A-F]{4}`,
    '([0-9A-F]{2})',
    '[0-9A-F]{8}:([0-9A-F]{8})',
    '[0-9A-F]+:[0-9A-F]+',
    '[0-9A-F]+',
    String.raw`(\d{1,10})`,
    String.raw`-?\d+`,
    String.raw`(\d{1,20})`,
  ];
  return new RegExp(`${columns.join(' +')}${tail} *$`);
}

const LINE_FEED = 10;
/** No kernel writes rows of more than 250 bytes. */
const LONGEST_ROW = 1024;

/** Rows in a row that do not wait for peers, after which no more are looked for. */
const MOST_OTHERS = 64;

/** A table that comes piece by piece. */
export interface TableReader {
  /**
   * Reads the next whole lines. False when none of the last 64 good rows waits for peers: net/tcp has all that do before
   * the others.
   */
  take(lines: Buffer): boolean;
  table(): SocketTable;
}

export function createTableReader(format: RowFormat): TableReader {
  const rows = new Map<string, SocketRow>();
  let skippedRows = 0;
  let others = 0;
  const readLine = (line: string) => {
    const columns = format.pattern.exec(line);
    if (columns === null) skippedRows += isHeaderOrBlank(line) ? 0 : 1;
    else if (columns[3] !== format.waiting) others++;
    else {
      keep(rows, columns);
      others = 0;
    }
  };
  return {
    take(bytes) {
      for (let start = 0; start < bytes.length;) {
        const end = lineEnd(bytes, start);
        readLine(bytes.toString('latin1', start, Math.min(end, start + LONGEST_ROW)));
        start = end + 1;
      }
      return others < MOST_OTHERS;
    },
    table: () => ({ rows: [...rows.values()], skippedRows }),
  };
}

export function parseSocketTable(bytes: Buffer, format: RowFormat): SocketTable {
  const reader = createTableReader(format);
  reader.take(bytes);
  return reader.table();
}

function lineEnd(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(LINE_FEED, start);
  return end === -1 ? bytes.length : end;
}

/** Captures put together have a header in the middle, and old kernels write other words into it. */
function isHeaderOrBlank(line: string): boolean {
  return /^ *(?:sl .*)?$/.test(line);
}

/** Reads are not atomic: rows that move while pages of the table are read come twice. */
function keep(rows: Map<string, SocketRow>, columns: RegExpExecArray): void {
  const [, address = '', port = '', , receiveQueue = '', uid = '', inode = ''] = columns;
  // Inode 0 belongs to nobody any more.
  if (/^0+$/.test(inode) || rows.has(`${inode} ${address}:${port}`)) return;
  rows.set(`${inode} ${address}:${port}`, {
    address: parseHexAddress(address),
    port: Number.parseInt(port, 16),
    uid: Number(uid),
    inode,
    receiveQueue: Number.parseInt(receiveQueue, 16),
  });
}
