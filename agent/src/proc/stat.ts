import { type ProcRoot } from './proc-root.ts';
import { parseCount, readText } from './text.ts';

/** `btime` of /proc/stat: seconds from 1970 to boot. It moves when the clock is set. */
export function parseBootTime(stat: string): number | null {
  return parseCount(/^btime (\d+)$/m.exec(stat)?.[1]);
}

export function readBootTime(root: ProcRoot): number | null {
  return parseBootTime(readText(root, 'stat') ?? '');
}
