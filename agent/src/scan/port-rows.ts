import { FAMILIES, type Family, type Snapshot } from '../contract.ts';
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

/** The same for a network namespace of a snapshot, by way of a process that is in it. */
export function portUsers(
  root: ProcRoot,
): (snapshot: Snapshot, networkNamespace: string, port: number) => readonly TcpRow[] {
  return ({ listeners }, networkNamespace, port) => {
    const inside = listeners.filter((listener) => listener.networkNamespace === networkNamespace);
    const isHost = inside.some(({ isHostNamespace }) => isHostNamespace);
    const holders = inside.flatMap((listener) => listener.holders.slice(0, 1).map(({ pid }) => `${pid}/net`));
    const folders = [...(isHost ? ['1/net'] : []), ...holders.slice(0, 8), ...(isHost ? ['self/net'] : [])];
    const net = folders.find((folder) => root.bytes(`${folder}/tcp`, 1).kind === 'bytes');
    return net === undefined ? [] : readPortRows(root, net, port);
  };
}
