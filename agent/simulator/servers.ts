import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Moment, MomentEvent, Note, SignalName } from './journal.ts';
import { LIFELINE_FD, type Report } from './programs/lifeline.ts';

export interface ServerPlan {
  /** As it stands in the journal, e.g. "web 2". */
  readonly name: string;
  /** A file of the folder of programs; the program that an observer sees. */
  readonly script: string;
  /** The port it is meant to have; given to it in `PORT`, as app servers get theirs. */
  readonly port: number;
  readonly args: readonly string[];
  /** Another folder of programs than the run's own: a release. */
  readonly programs?: string;
  /** Another executable than this Node's. */
  readonly executable?: string;
  /** How many descriptors it may have; left out: as many as the simulator. */
  readonly mostDescriptors?: number;
}

interface Known {
  readonly pid: number;
  /** The one it last held; null: none. */
  readonly port: number | null;
  readonly hasEnded: boolean;
}

/** How long a process may take to end once the lifeline is cut before SIGKILL ends it. */
const PATIENCE_MS = 500;
/** Each scenario waits for a handful at most; a restart loop hears of many more. */
const MOST_WAITING = 100;

/** Starts real server processes, hears of all that comes out of them, and leaves none behind. */
export class Servers {
  readonly #note: Note;
  readonly #programs: string;
  readonly #running = new Set<ChildProcess>();
  readonly #lifelines = new Set<Duplex>();
  /** Every process by its name, those started by others too. */
  readonly #known = new Map<string, Known>();
  readonly #moments = new EventEmitter().setMaxListeners(MOST_WAITING);
  #isClosed = false;

  /** `programs`: the folder their files lie in. */
  constructor(note: Note, programs: string) {
    this.#note = note;
    this.#programs = programs;
  }

  /** Resolves when the server listens; rejects when it ends before. */
  async start(plan: ServerPlan): Promise<void> {
    const listens = this.next(plan.name, 'listening');
    this.launch(plan);
    await listens;
  }

  /** Waits for nothing. */
  launch(plan: ServerPlan): void {
    if (this.#isClosed) throw new Error('the run is ending: no server is started any more');
    const child = spawnServer(plan, this.#programs);
    if (child.pid === undefined) throw new Error(`${plan.name} could not be started`);
    const { name: server } = plan;
    this.#running.add(child);
    this.#happened({ event: 'started', server, pid: child.pid });
    this.#listenTo(child.stdio[LIFELINE_FD] as Duplex);
    child.on('exit', (code, signal) => {
      this.#running.delete(child);
      const note = signal ?? `exit code ${code ?? 'unknown'}`;
      const exited = { at: new Date().toISOString(), event: 'exited', server, pid: child.pid ?? null, note } as const;
      // What it said before it ended is in the lifeline and read in this turn of the loop.
      setImmediate(() => this.#happened(exited));
    });
  }

  /** The next time this happens to that process, whoever started it; rejects when it ends before. */
  next(server: string, event: MomentEvent): Promise<Moment> {
    const moment = new Promise<Moment>((resolve, reject) => {
      const heard = (moment: Moment): void => {
        if (moment.server !== server || (moment.event !== event && moment.event !== 'exited')) return;
        this.#moments.off('moment', heard);
        if (moment.event === event) resolve(moment);
        else reject(new Error(`${server} ended before it was ${event} (${moment.note ?? 'unknown why'})`));
      };
      this.#moments.on('moment', heard);
    });
    // Whoever waits still hears of it; at the end of a run nobody may wait any more.
    moment.catch(() => undefined);
    return moment;
  }

  /** What a deploy does before it starts the new release; resolves when the server ended or declared itself deaf. */
  async sendSigterm(server: string): Promise<void> {
    if (this.#known.get(server)?.hasEnded === true) return;
    const answer = Promise.race([this.next(server, 'exited'), this.next(server, 'sigterm-ignored')]);
    this.signal(server, 'sigterm');
    await answer;
  }

  /** Also to those started by others. */
  signal(server: string, signal: SignalName): void {
    const pid = this.pidOf(server);
    process.kill(pid, signal.toUpperCase());
    this.#happened({ event: `${signal}-sent`, server, pid });
  }

  pidOf(server: string): number {
    const pid = this.#known.get(server)?.pid;
    if (pid === undefined) throw new Error(`${server} was never started`);
    return pid;
  }

  /** Cuts all lifelines and resolves when everything that came out of here has ended; nothing is started after. */
  async endAll(): Promise<void> {
    this.#isClosed = true;
    const ends = [
      ...[...this.#running].map((child) => heardFrom(child, 'exit')),
      ...[...this.#lifelines].map((lifeline) => heardFrom(lifeline, 'close')),
    ];
    for (const lifeline of this.#lifelines) lifeline.end();
    const impatience = setTimeout(() => {
      this.killAll();
    }, PATIENCE_MS);
    await Promise.all(ends);
    clearTimeout(impatience);
    await nextTurn();
  }

  /** For the last moment of a process, when nothing can be waited for. Pids not yet reaped cannot be somebody else's. */
  killAll(): void {
    for (const child of this.#running) child.kill('SIGKILL');
  }

  #listenTo(lifeline: Duplex): void {
    this.#lifelines.add(lifeline);
    lifeline.on('close', () => this.#lifelines.delete(lifeline));
    // A process killed with something unread in the socket: its end is told by `exit`.
    lifeline.on('error', () => lifeline.destroy());
    createInterface(lifeline).on('line', (line) => this.#happened(JSON.parse(line) as Report));
  }

  #happened(moment: Parameters<Note>[0] & { readonly server: string; readonly pid: number | null }): void {
    const { event, server, pid } = moment;
    const held = this.#known.get(server)?.port ?? null;
    const hasEnded = event === 'exited';
    const port = hasEnded ? held : (moment.port ?? null);
    if (pid !== null) this.#known.set(server, { pid, port: event === 'listening' ? port : held, hasEnded });
    this.#moments.emit('moment', this.#note({ ...moment, port }));
  }
}

/** In a session of its own, like a service: Ctrl-C reaches the simulator alone, which then ends its servers in order. */
function spawnServer(plan: ServerPlan, ownPrograms: string): ChildProcess {
  const { name, script, port, args, programs, executable = process.execPath } = plan;
  const file = join(programs ?? ownPrograms, script);
  const command = [executable, file, ...args];
  const [first = executable, ...rest] =
    plan.mostDescriptors === undefined ? command : limited(plan.mostDescriptors, command);
  return spawn(first, rest, {
    cwd: dirname(file),
    detached: true,
    env: { NAME: name, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
}

/** Node cannot set limits; the shell can, and then becomes the command. */
function limited(mostDescriptors: number, command: readonly string[]): readonly string[] {
  return ['sh', '-c', `ulimit -n ${mostDescriptors}; exec "$@"`, 'sh', ...command];
}

/** Unlike `once` of node:events it does not mind errors: the end comes all the same. */
function heardFrom(emitter: EventEmitter, event: string): Promise<void> {
  return new Promise((resolve) => emitter.once(event, () => resolve()));
}
