/** Scans the machine with the rights it was started with, gives them up, and scans again: prints what each scan saw. */
import { type Coverage, type Listener } from '../src/contract.ts';
import { openProcRoot } from '../src/proc/proc-root.ts';
import { createFullScanner } from '../src/scan/full-scanner.ts';

const port = Number(process.argv[2]);
const NOBODY = 65_534;
const scanner = createFullScanner({ root: openProcRoot('/proc'), etc: openProcRoot('/etc'), commandLines: true });

/** What a scan saw of the listener at the port, and how much it could not. */
export interface Seen extends Pick<Coverage, 'unreadable' | 'notes'> {
  readonly pids: readonly number[] | null;
  readonly holdersUnknown: Listener['holdersUnknown'] | undefined;
  readonly established: number | null;
}

function look(seconds: number): Seen {
  const { listeners, coverage } = scanner.scan(new Date(Date.UTC(2026, 0) + seconds * 1000));
  const found = listeners.find((one) => one.port === port && one.protocol === 'tcp');
  return {
    pids: found?.holders.map(({ pid }) => pid) ?? null,
    holdersUnknown: found?.holdersUnknown,
    established: found?.connections?.established ?? null,
    unreadable: coverage.unreadable,
    notes: coverage.notes,
  };
}

const before = look(0);
process.setgroups?.([]);
process.setgid?.(NOBODY);
process.setuid?.(NOBODY);
process.stdout.write(JSON.stringify([before, look(1), look(60)]));
