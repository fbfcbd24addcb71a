import { readHidepid } from '../proc/mountinfo.ts';
import { readPidStat } from '../proc/pid-stat.ts';
import { type ProcRoot } from '../proc/proc-root.ts';
import { findNamespaces, type Namespaces } from './namespaces.ts';
import { readSockets, type Sockets } from './sockets.ts';
import { seesAllProcesses } from './unattributed.ts';
import { listPids, walkProcesses, type Walk } from './walk.ts';

/** Everything that one pass over /proc tells of sockets and their holders. */
export interface Look {
  readonly pids: readonly string[];
  readonly namespaces: Namespaces;
  readonly sockets: Sockets;
  readonly walk: Walk;
  /** Keys of sockets nobody held and whose row was gone when their table was read again. */
  readonly vanished: ReadonlySet<string>;
  /** /proc hides processes of other users from this agent. */
  readonly hidepid: boolean;
  readonly seesAllProcesses: boolean;
}

/**
 * @param remembered inodes of the look before, whose holders are looked for although their row may be missing
 * @param unattributed keys of sockets that are known to have no holder to be found: not looked for twice
 */
export function lookAround(root: ProcRoot, remembered: readonly string[], unattributed: ReadonlySet<string>): Look {
  const pids = listPids(root);
  const namespaces = findNamespaces(root, pids);
  const sockets = readSockets(root, namespaces.all);
  const wanted = [...sockets.byKey.values()].map(({ row }) => row.inode);
  const walk = walkProcesses(root, pids, new Set([...wanted, ...remembered]));
  return {
    pids,
    namespaces,
    sockets,
    ...lookAgain(root, { sockets, walk, unattributed }),
    hidepid: readHidepid(root) && readPidStat(root, '1') === null,
    seesAllProcesses: seesAllProcesses(root),
  };
}

interface FirstPass extends Pick<Look, 'sockets' | 'walk'> {
  readonly unattributed: ReadonlySet<string>;
}

/** A socket may close, or change hands, between the reading of its row and the walk: those without a holder get a second chance. */
function lookAgain(root: ProcRoot, { sockets, walk, unattributed }: FirstPass): Pick<Look, 'walk' | 'vanished'> {
  const doubtful = [...sockets.byKey].filter(
    ([key, { row }]) => !walk.holders.has(row.inode) && !unattributed.has(key),
  );
  if (doubtful.length === 0) return { walk, vanished: new Set() };
  const found = walkProcesses(root, listPids(root), new Set(doubtful.map(([, { row }]) => row.inode)));
  const namespaces = new Set(doubtful.map(([, { namespace }]) => namespace));
  const present = readSockets(root, [...namespaces]);
  const vanished = doubtful.filter(([key, { row }]) => !found.holders.has(row.inode) && !present.byKey.has(key));
  return { walk: merge(walk, found), vanished: new Set(vanished.map(([key]) => key)) };
}

/** Both found holders of different sockets. */
function merge(first: Walk, second: Walk): Walk {
  return {
    holders: new Map([...first.holders, ...second.holders]),
    processes: new Map([...first.processes, ...second.processes]),
    unreadable: first.unreadable,
  };
}
