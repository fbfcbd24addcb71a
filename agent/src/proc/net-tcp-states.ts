import { type Family } from '../contract.ts';

/** Columns of one row of net/tcp or net/tcp6, as numbers. One object serves for all rows: copy what is to be kept. */
export interface TcpState {
  /** Local port. */
  port: number;
  /** `st`: 1 is ESTABLISHED, 10 LISTEN; include/net/tcp_states.h. */
  state: number;
  /** Its inode is not 0: a process has it open, or the kernel itself. */
  hasInode: boolean;
  /** Where the local address begins, in the bytes of that call: 8 or 32 hexadecimal digits. */
  addressAt: number;
  /** Where the peer's port ends. */
  peerEnd: number;
}

/** The row, and the bytes it stands in. */
export type SeeState = (row: Readonly<TcpState>, bytes: Buffer) => void;

const [LINE_FEED, BLANK, COLON, ZERO, NINE] = [10, 32, 58, 48, 57];
const NO_DIGIT = 0x100;

/** Value of a hexadecimal digit as the kernel prints it, by its character; {@link NO_DIGIT} for all others. */
const DIGITS = Uint16Array.from({ length: 256 }, (_, code) => {
  const value = '0123456789ABCDEF'.indexOf(String.fromCharCode(code));
  return value === -1 ? NO_DIGIT : value;
});

/**
 * Reads a hundred thousand rows where the kernel prints them as fast: without a string or an object for any.
 * @param lines whole lines of a table; malformed ones are passed over
 */
export function createStateReader(family: Family, see: SeeState): (lines: Buffer) => void {
  const width = family === 'ipv4' ? 8 : 32;
  const row: TcpState = { port: 0, state: 0, hasInode: false, addressAt: 0, peerEnd: 0 };
  return (lines) => {
    for (let start = 0; start < lines.length;) {
      const found = lines.indexOf(LINE_FEED, start);
      const end = found === -1 ? lines.length : found;
      if (readRow(lines, start, end, width, row)) see(row, lines);
      start = end + 1;
    }
  };
}

/** The first 4 digits from there as a number; negative when one is none. A row's end is no digit either. */
export function hexAt(bytes: Buffer, at: number, digits: number): number {
  let value = 0;
  for (let index = at; index < at + digits; index++) {
    const digit = DIGITS[bytes[index] ?? BLANK] ?? NO_DIGIT;
    if (digit === NO_DIGIT) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** `sl: local remote st tx:rx tr:when retrnsmt uid timeout inode …`, told by blanks as columns move. */
function readRow(bytes: Buffer, start: number, end: number, width: number, row: TcpState): boolean {
  const addressAt = afterNumberOfRow(bytes, start, end);
  const portAt = addressAt + width + 1;
  if (addressAt === -1 || bytes[portAt - 1] !== COLON) return false;
  const peerAt = skipBlanks(bytes, portAt + 4, end);
  const peerEnd = peerAt + width + 5;
  const stateAt = skipBlanks(bytes, peerEnd, end);
  if (peerAt === portAt + 4 || stateAt === peerEnd || bytes[peerEnd - 5] !== COLON) return false;
  const inodeAt = isAsPrinted(bytes, stateAt, end) ? stateAt + PRINTED : afterColumns(bytes, stateAt, end, 6);
  const hasInode = inodeAt === -1 ? null : isNotZero(bytes, inodeAt, end);
  row.port = hexAt(bytes, portAt, 4);
  row.state = hexAt(bytes, stateAt, 2);
  if (hasInode === null || row.port < 0 || row.state < 0 || peerEnd > end) return false;
  row.hasInode = hasInode;
  row.addressAt = addressAt;
  row.peerEnd = peerEnd;
  return true;
}

/** Behind `  12: `; -1 when the line begins otherwise. */
function afterNumberOfRow(bytes: Buffer, start: number, end: number): number {
  const digits = skipBlanks(bytes, start, end);
  let at = digits;
  while (at < end && isDecimal(bytes[at])) at++;
  if (at === digits || bytes[at] !== COLON) return -1;
  const after = skipBlanks(bytes, at + 1, end);
  return after === at + 1 ? -1 : after;
}

function skipBlanks(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === BLANK) at++;
  return at;
}

/** From `st` to the inode, `01 00000000:00000000 00:00000000 00000000  1000        0 `, where no number is over-long. */
const PRINTED = 57;

function isAsPrinted(bytes: Buffer, stateAt: number, end: number): boolean {
  return (
    stateAt + PRINTED < end &&
    bytes[stateAt + 2] === BLANK &&
    bytes[stateAt + 20] === BLANK &&
    bytes[stateAt + 32] === BLANK &&
    bytes[stateAt + 41] === BLANK &&
    isDecimal(bytes[stateAt + 46]) &&
    bytes[stateAt + 47] === BLANK &&
    isDecimal(bytes[stateAt + 55]) &&
    bytes[stateAt + 56] === BLANK
  );
}

/** Where the column begins that is `count` columns further on; -1 when the line ends before. */
function afterColumns(bytes: Buffer, from: number, end: number, count: number): number {
  let at = from;
  for (let column = 0; column < count; column++) {
    while (at < end && bytes[at] !== BLANK) at++;
    at = skipBlanks(bytes, at, end);
  }
  return at < end ? at : -1;
}

/** Of a decimal number; null when there is none. */
function isNotZero(bytes: Buffer, from: number, end: number): boolean | null {
  let at = from;
  let isZero = true;
  for (; at < end && isDecimal(bytes[at]); at++) isZero &&= bytes[at] === ZERO;
  return at === from || (at < end && bytes[at] !== BLANK) ? null : !isZero;
}

function isDecimal(code: number | undefined): boolean {
  return code !== undefined && code >= ZERO && code <= NINE;
}
