import { type Coverage, type Listener } from '../contract.ts';
import { type Namespaces } from './namespaces.ts';
import { type Sockets } from './sockets.ts';

/** What a look could and could not see. */
export interface Seen {
  readonly pids: readonly string[];
  readonly unreadable: number;
  readonly namespaces: Namespaces;
  readonly sockets: Sockets;
  readonly hidepid: boolean;
  readonly listeners: readonly Listener[];
}

export function coverageOf(seen: Seen): Coverage {
  return {
    processes: seen.pids.length,
    unreadable: seen.unreadable,
    namespaces: seen.namespaces.all.length,
    unattributed: seen.listeners.filter(({ holdersUnknown }) => holdersUnknown !== null).length,
    skippedRows: seen.sockets.skippedRows,
    hidepid: seen.hidepid,
    notes: notesOn(seen),
  };
}

const RIGHTS =
  'Run the agent as root, or with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH; where it has them, a security module or a user namespace forbids it.';

/** Each with its remedy. */
function notesOn({ pids, unreadable, namespaces, sockets, hidepid }: Seen): string[] {
  const notes: readonly (readonly [boolean, string])[] = [
    [pids.length === 0, 'No process is listed: --proc-root must be a mounted proc file system.'],
    [unreadable > 0, `${unreadable} of ${pids.length} processes may not be looked into. ${RIGHTS}`],
    [hidepid, `/proc is mounted with hidepid and hides other users' processes. ${RIGHTS}`],
    [
      namespaces.isHostAssumed,
      `The network namespace of pid 1 may not be read, so the agent's own is taken as the host's. ${RIGHTS}`,
    ],
    [
      !namespaces.isOwnHost,
      "The agent runs outside the host's network namespace: limits of that namespace are unknown. Give its container host networking.",
    ],
    [sockets.unreadTables > 0, `${sockets.unreadTables} socket tables could not be read. ${RIGHTS}`],
    [sockets.skippedRows > 0, `${sockets.skippedRows} malformed rows of socket tables were skipped.`],
  ];
  return notes.filter(([holds]) => holds).map(([, note]) => note);
}
