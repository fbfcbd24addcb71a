import { type ProcRoot } from './proc-root.ts';
import { parseCount, readText } from './text.ts';

/** `btime` of /proc/stat: seconds from 1970 to boot. It moves when the clock is set. */
export function parseBootTime(stat: string): number | null {
  return parseCount(/^btime (\d+)$/m.exec(stat)?.[1]);
}

export function readBootTime(root: ProcRoot): number | null {
  return parseBootTime(readText(root, 'stat') ?? '');
}

/** `processes` of /proc/stat: processes and threads started since boot. */
export function parseForks(stat: string): number | null {
  return parseCount(/^processes (\d+)$/m.exec(stat)?.[1]);
}

/**
 * Whether no pid can have been given out twice since boot, so that a higher one is newer: pids go upwards and begin again
 * only at pid_max. Half of that leaves room for starts that failed, which are not counted. False when it cannot be told.
 */
export function arePidsInOrder(root: ProcRoot): boolean {
  const forks = parseForks(readText(root, 'stat') ?? '');
  const most = parseCount(readText(root, 'sys/kernel/pid_max'));
  return forks !== null && forks > 0 && most !== null && forks < most / 2;
}
