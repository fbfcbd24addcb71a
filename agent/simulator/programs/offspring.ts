import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Lifeline, LIFELINE_FD } from './lifeline.ts';

export interface Offspring {
  /** As it stands in the journal. */
  readonly name: string;
  /** File beside this one. */
  readonly script: string;
  /** `PORT` of its environment; null: it is told otherwise, or gets its socket. */
  readonly port: number | null;
  readonly args: readonly string[];
}

/** Starts another program as its child, on the same lifeline, with a channel for handing sockets over. */
export function startOffspring(lifeline: Lifeline, { name, script, port, args }: Offspring): ChildProcess {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], {
    detached: true,
    env: { NAME: name, ...(port === null ? {} : { PORT: String(port) }) },
    stdio: ['ignore', 'ignore', 'inherit', LIFELINE_FD, 'ipc'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} could not be started`);
  lifeline.report('started', { server: name, pid });
  child.on('exit', (code, signal) => {
    lifeline.report('exited', { server: name, pid, note: signal ?? `exit code ${code ?? 'unknown'}` });
  });
  return child;
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
