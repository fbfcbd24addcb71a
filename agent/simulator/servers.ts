import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Note } from './journal.ts';
import type { Report } from './report.ts';

export interface ServerPlan {
  /** As it stands in the journal, e.g. "web 2". */
  readonly name: string;
  /** Its file beside this one; the program that an observer sees. */
  readonly script: 'web.ts' | 'api.ts' | 'churner.ts';
  /** The port it is meant to have; given to it in `PORT`, as app servers get theirs. */
  readonly port: number;
  readonly args: readonly string[];
}

export interface RunningServer {
  readonly name: string;
  readonly child: ChildProcess;
}

/** How long a server may take to end at SIGTERM before SIGKILL ends it. */
const PATIENCE_MS = 500;

/** Starts real server processes and leaves none behind. */
export class Servers {
  readonly #note: Note;
  readonly #running = new Set<ChildProcess>();
  #isClosed = false;

  constructor(note: Note) {
    this.#note = note;
  }

  /** Resolves when the server listens; rejects when it ends before. */
  async start(plan: ServerPlan): Promise<RunningServer> {
    if (this.#isClosed) throw new Error('the run is ending: no server is started any more');
    const child = spawnServer(plan);
    const listens = firstReport(child, plan.script === 'churner.ts' ? 'opened' : 'listening');
    if (child.pid !== undefined) this.#watch(child, plan, child.pid);
    if (!(await listens))
      throw new Error(`${plan.name} ended before it listened; it was to serve on port ${plan.port}`);
    return { name: plan.name, child };
  }

  /** What a deploy does before it starts the new release; resolves when the server ended or declared itself deaf. */
  async sendSigterm({ name, child }: RunningServer): Promise<void> {
    if (hasEnded(child)) return;
    const answer = firstReport(child, 'sigterm-ignored');
    child.kill('SIGTERM');
    this.#note({ event: 'sigterm-sent', server: name, pid: child.pid ?? null });
    await answer;
  }

  /** SIGTERM to all, SIGKILL to those who stay; nothing is started after. */
  async endAll(): Promise<void> {
    this.#isClosed = true;
    const children = [...this.#running];
    const ends = Promise.all(children.map((child) => once(child, 'exit')));
    for (const child of children) child.kill('SIGTERM');
    const impatience = setTimeout(() => {
      this.killAll();
    }, PATIENCE_MS);
    await ends;
    clearTimeout(impatience);
  }

  /** For the last moment of a process, when nothing can be waited for. Pids not yet reaped cannot be somebody else's. */
  killAll(): void {
    for (const child of this.#running) child.kill('SIGKILL');
  }

  #watch(child: ChildProcess, { name: server, port: wanted }: ServerPlan, pid: number): void {
    let held: number | null = null;
    this.#running.add(child);
    this.#note({ event: 'started', server, pid });
    child.on('message', (message) => {
      const { at, event, port } = message as Report;
      if (event === 'listening') held = port;
      this.#note({
        at,
        event,
        server,
        pid,
        port,
        note: event === 'listening' && port !== wanted ? `${wanted} was taken` : null,
      });
    });
    child.on('exit', (code, signal) => {
      this.#running.delete(child);
      this.#note({ event: 'exited', server, pid, port: held, note: signal ?? `exit code ${code ?? 'unknown'}` });
    });
  }
}

/** In a session of its own, like a service: Ctrl-C reaches the simulator alone, which then ends its servers in order. */
function spawnServer(plan: ServerPlan): ChildProcess {
  const script = fileURLToPath(new URL(plan.script, import.meta.url));
  return spawn(process.execPath, [script, ...plan.args], {
    detached: true,
    env: { PORT: String(plan.port) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** False when the process ends without having said so. */
async function firstReport(child: ChildProcess, event: Report['event']): Promise<boolean> {
  const messages = on(child, 'message', { close: ['exit'] }) as AsyncIterable<readonly [Report]>;
  for await (const [report] of messages) if (report.event === event) return true;
  return false;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
