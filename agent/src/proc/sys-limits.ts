import { type Usage } from '../contract.ts';
import { type ProcRoot } from './proc-root.ts';
import { parseCount, readText } from './text.ts';

/** fs/file-nr: allocated, free (always 0) and the most there may be. */
export function parseFileNr(text: string): Usage | null {
  const [used, , max] = text.trim().split(/\s+/).map(parseCount);
  return typeof used === 'number' && typeof max === 'number' ? { used, max } : null;
}

/** Fourth field of loadavg, `2/345`: runnable and existing processes and threads. */
export function parseTaskCount(loadavg: string): number | null {
  return parseCount(/^\S+ \S+ \S+ \d+\/(\d+) /.exec(loadavg)?.[1]);
}

export function readFileHandles(root: ProcRoot): Usage | null {
  const text = readText(root, 'sys/fs/file-nr');
  return text === null ? null : parseFileNr(text);
}

/** Each thread takes a pid, so the lower of both limits holds. */
export function readProcessUsage(root: ProcRoot): Usage | null {
  const used = parseTaskCount(readText(root, 'loadavg') ?? '');
  const pids = parseCount(readText(root, 'sys/kernel/pid_max'));
  const threads = parseCount(readText(root, 'sys/kernel/threads-max'));
  return used === null || pids === null || threads === null ? null : { used, max: Math.min(pids, threads) };
}
