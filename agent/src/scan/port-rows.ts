import { FAMILIES, type Family } from '../contract.ts';
import { parseTcpRowsOnPort, type TcpRow } from '../proc/net-tcp-rows.ts';
import { type ProcRoot } from '../proc/proc-root.ts';

/**
 * Sockets that use a local port without listening on it: what else may keep a program from binding it. A socket that is
 * bound and neither listens nor is connected has no row (KERNEL.md).
 * @param net the folder of a namespace's tables, as `1/net`
 */
export function readPortRows(root: ProcRoot, net: string, port: number): readonly TcpRow[] {
  return FAMILIES.flatMap((family) => rowsOf(root, net, family, port));
}

function rowsOf(root: ProcRoot, net: string, family: Family, port: number): readonly TcpRow[] {
  const read = root.bytes(`${net}/${family === 'ipv4' ? 'tcp' : 'tcp6'}`);
  return read.kind === 'bytes' ? parseTcpRowsOnPort(read.bytes, family, port) : [];
}
