import { type ProcRoot } from './proc-root.ts';
import { readText } from './text.ts';

/** First field of /proc/uptime: milliseconds since boot, suspend included, to 10 ms. */
export function parseUptime(uptime: string): number | null {
  const [, seconds, hundredths] = /^(\d{1,12})\.(\d{2}) /.exec(uptime) ?? [];
  return seconds === undefined ? null : Number(seconds) * 1000 + Number(hundredths) * 10;
}

export function readUptime(root: ProcRoot): number | null {
  return parseUptime(readText(root, 'uptime') ?? '');
}
