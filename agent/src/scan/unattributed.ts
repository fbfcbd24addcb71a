import { type HoldersUnknown } from '../contract.ts';
import { readPidNamespace } from '../proc/pid-ns.ts';
import { type ProcRoot } from '../proc/proc-root.ts';

/** PROC_PID_INIT_INO of include/linux/proc_ns.h: the pid namespace that sees every process. */
const INITIAL_PID_NAMESPACE = '4026531836';

/** What decides why nobody is known to hold a socket. */
export interface Evidence {
  /** Its row was gone when the table was read again. */
  readonly isRowGone: boolean;
  /** Some process could not be looked into, or is hidden. */
  readonly isSomethingDenied: boolean;
  /** Every process of the machine is in this /proc. */
  readonly seesAllProcesses: boolean;
}

export function whyUnknown({ isRowGone, isSomethingDenied, seesAllProcesses }: Evidence): HoldersUnknown {
  if (isRowGone) return 'vanished';
  if (isSomethingDenied) return 'denied';
  return seesAllProcesses ? 'kernel' : 'other-pid-namespace';
}

/** Whether this /proc is that of the initial pid namespace; taken so where it cannot be told. */
export function seesAllProcesses(root: ProcRoot): boolean {
  const first = readPidNamespace(root, '1', 'pid');
  const namespace = first.kind === 'namespace' ? first : readPidNamespace(root, 'self', 'pid');
  return namespace.kind !== 'namespace' || namespace.inode === INITIAL_PID_NAMESPACE;
}
