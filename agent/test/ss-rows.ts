/** What `ss` says of listening sockets, in lines that can be compared with a scan. */
import { execFileSync, spawnSync } from 'node:child_process';

export const isMissing = (command: string) => spawnSync(command, ['--version']).error !== undefined;

/** A row as both tell it: `tcp 127.0.0.1 3000 pids 12 13`. */
export const row = (protocol: string, address: string, port: number, pids: readonly number[]) =>
  [protocol, address, port, 'pids', ...[...new Set(pids)].sort((a, b) => a - b)].join(' ');

/** @param prefix what starts ss, as `nsenter --net=…` */
export function ss(...prefix: readonly string[]): string[] {
  const lines = execFileSync('env', [...prefix, 'ss', '-H', '-ltnup'], { encoding: 'utf8' }).split('\n');
  return lines
    .filter((line) => line !== '')
    .map(parseSsLine)
    .sort();
}

/** `tcp LISTEN 0 511 [::1]:3000 [::]:* users:(("node",pid=12,fd=18))`; `*` is a `::` that takes IPv4 too. */
function parseSsLine(line: string): string {
  const [protocol = '', , , , local = ''] = line.split(/ +/);
  const colon = local.lastIndexOf(':');
  const address = local
    .slice(0, colon)
    .replace(/^\[|\]$|%.*$/g, '')
    .replace('*', '::');
  const pids = [...line.matchAll(/,pid=(\d+),fd=/g)].map(([, pid]) => Number(pid));
  return row(protocol, address, Number(local.slice(colon + 1)), pids);
}
