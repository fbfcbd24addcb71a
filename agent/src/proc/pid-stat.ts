import { type ProcRoot } from './proc-root.ts';

/** What /proc/PID/stat tells; proc(5). */
export interface PidStat {
  /** Name of the main thread, 15 bytes the process may choose freely: for display only. */
  readonly comm: string;
  /** R, S, D, T, t, Z, I … */
  readonly state: string;
  /** 0 when its parent is in another pid namespace. */
  readonly parentPid: number;
  readonly threads: number;
  /** Clock ticks from boot to its start; exec keeps it. */
  readonly startTicks: number;
  /** Where its stack begins: chance makes it another one at each exec. Null where it may not be seen. */
  readonly stackStart: number | null;
}

/** comm may hold blanks, line feeds and parentheses: it ends at the last `)` of the file. */
export function parsePidStat(bytes: Buffer): PidStat | null {
  const text = bytes.toString();
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open === -1 || close < open) return null;
  // Field 3 of the manual page is the first one after comm.
  const fields = text
    .slice(close + 1)
    .trim()
    .split(' ');
  const [state = ''] = fields;
  const [parentPid, threads, startTicks] = [4, 20, 22].map((field) => Number(fields[field - 3]));
  if (!/^[A-Za-z]$/.test(state)) return null;
  if (!isCount(parentPid) || !isCount(threads) || !isCount(startTicks)) return null;
  const stackStart = Number(fields[28 - 3]);
  return {
    comm: text.slice(open + 1, close),
    state,
    parentPid,
    threads,
    startTicks,
    stackStart: isCount(stackStart) && stackStart > 0 ? stackStart : null,
  };
}

function isCount(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

export function readPidStat(root: ProcRoot, process: string): PidStat | null {
  const read = root.bytes(`${process}/stat`);
  return read.kind === 'bytes' ? parsePidStat(read.bytes) : null;
}
