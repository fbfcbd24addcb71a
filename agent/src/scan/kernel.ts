import { type Kernel } from '../contract.ts';
import { readListenCounters } from '../proc/net-netstat.ts';
import { readSockstat } from '../proc/net-sockstat.ts';
import { type ProcRoot } from '../proc/proc-root.ts';
import { readFileHandles, readProcessUsage } from '../proc/sys-limits.ts';
import { readPortRange, readReservedPorts, readSomaxconn } from '../proc/sys-net.ts';
import { type Namespaces } from './namespaces.ts';

/** Distinct local TCP ports of the host that have a socket, from `first` to `last`; null when not counted. */
export type PortsInUse = (first: number, last: number) => number | null;

/** Limits and counters of the host. sys/net shows the reader's own namespace: nothing of it when that is another one. */
export function readKernel(root: ProcRoot, { all, isOwnHost }: Namespaces, portsInUse: PortsInUse): Kernel {
  const net = all.find(({ isHost }) => isHost)?.folders[0] ?? 'self/net';
  const ephemeralPorts = isOwnHost ? readPortRange(root) : null;
  return {
    ephemeralPorts,
    reservedPorts: isOwnHost ? readReservedPorts(root) : [],
    somaxconn: isOwnHost ? readSomaxconn(root) : null,
    ...readListenCounters(root, net),
    ...readSockstat(root, net),
    ephemeralInUse: ephemeralPorts === null ? null : portsInUse(...ephemeralPorts),
    fileHandles: readFileHandles(root),
    processes: readProcessUsage(root),
  };
}
