/** The actors: real processes that do what they are told, and how they are told. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** What an actor says when it begins a life: after its start, a fork and an exec. */
export interface Hello {
  readonly pid: number;
  /** Of the network. */
  readonly namespace: string;
  readonly startTicks: number;
}

export interface Opened {
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

export type Command =
  | {
      readonly do: 'open';
      readonly protocol: 'tcp' | 'udp';
      readonly address: string;
      readonly port: number;
      readonly isOnlyV6: boolean;
      readonly isShared: boolean;
    }
  | { readonly do: 'close' | 'duplicate' | 'hush'; readonly inode: string }
  | { readonly do: 'send'; readonly inode: string; readonly to: number }
  | { readonly do: 'connect'; readonly protocol: 'tcp' | 'udp'; readonly address: string; readonly port: number }
  | { readonly do: 'receive' }
  | { readonly do: 'fork'; readonly pid: number | null; readonly isApart: boolean }
  | { readonly do: 'exec'; readonly program: string; readonly name: string }
  | { readonly do: 'end' };

export type Answer = Readonly<Record<string, unknown>>;

/** Each is the interpreter under another name, so that the kernel knows the process by it. */
export const PROGRAMS = ['alder', 'beech', 'cedar'] as const;
export const FIRST_PROGRAM = 'alder';

const ACTOR = fileURLToPath(new URL('actor.py', import.meta.url));
const ANSWER_WITHIN_MS = 30_000;

/** Where Python is; null without one. */
export function findPython(): string | null {
  try {
    const program = 'import os, sys; print(os.path.realpath(sys.executable))';
    return execFileSync('python3', ['-c', program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

export class Troupe {
  readonly #folder = mkdtempSync(join(tmpdir(), 'portlight-actors-'));
  readonly #server: Server;
  readonly #connections = new Map<number, Connection>();
  readonly #awaited: ((hello: Hello) => void)[] = [];

  private constructor(python: string) {
    for (const program of PROGRAMS) symlinkSync(python, join(this.#folder, program));
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  /** The first actor lives until {@link end} and inherits the orphans. */
  static async gather(python: string): Promise<{ readonly troupe: Troupe; readonly first: Hello }> {
    const troupe = new Troupe(python);
    troupe.#server.listen(join(troupe.#folder, 'control'));
    await once(troupe.#server, 'listening');
    const hello = troupe.newLife();
    const args = ['-I', '-S', ACTOR, troupe.#folder];
    spawn(join(troupe.#folder, FIRST_PROGRAM), args, { argv0: FIRST_PROGRAM, stdio: ['ignore', 'ignore', 'inherit'] });
    return { troupe, first: await hello };
  }

  /** The next actor that says hello: ask before what makes it. */
  newLife(): Promise<Hello> {
    return inTime('no actor said hello', new Promise((resolve) => this.#awaited.push(resolve)));
  }

  /** `exec` and `end` give no answer: do not wait for one. */
  tell(pid: number, command: Command): void {
    this.#of(pid).tell(command);
  }

  /** Answers `error` when the kernel refused it. */
  async ask(pid: number, command: Command): Promise<Answer> {
    const answer = this.#of(pid).answer();
    this.tell(pid, command);
    return inTime(`${pid} did not ${command.do}`, answer);
  }

  /** Once it is a zombie or gone, all that it had open is closed. */
  async gone(pid: number): Promise<void> {
    const giveUp = Date.now() + ANSWER_WITHIN_MS;
    while (isAlive(pid)) {
      if (Date.now() > giveUp) throw new Error(`${pid} does not end`);
      await sleep(1);
    }
    this.#connections.get(pid)?.close();
    this.#connections.delete(pid);
  }

  async end(): Promise<void> {
    const pids = [...this.#connections.keys()];
    for (const connection of this.#connections.values()) connection.close();
    for (const pid of pids) await this.gone(pid);
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #of(pid: number): Connection {
    const connection = this.#connections.get(pid);
    if (connection === undefined) throw new Error(`${pid} is no actor`);
    return connection;
  }

  #welcome(socket: Socket): void {
    const connection = new Connection(socket, (hello) => {
      const { pid } = hello as unknown as Hello;
      this.#connections.get(pid)?.close();
      this.#connections.set(pid, connection);
      this.#awaited.shift()?.(hello as unknown as Hello);
    });
  }
}

/** One life of an actor. */
class Connection {
  readonly #socket: Socket;
  #next: (answer: Answer) => void;

  constructor(socket: Socket, onHello: (hello: Answer) => void) {
    this.#socket = socket;
    this.#next = onHello;
    socket.on('error', () => socket.destroy());
    createInterface(socket).on('line', (line) => this.#next(JSON.parse(line) as Answer));
  }

  tell(command: Command): void {
    this.#socket.write(`${JSON.stringify(command)}\n`);
  }

  answer(): Promise<Answer> {
    return new Promise((resolve) => (this.#next = resolve));
  }

  close(): void {
    this.#socket.destroy();
  }
}

async function inTime<T>(otherwise: string, promise: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const late = sleep(ANSWER_WITHIN_MS, null, { signal: ended.signal }).then(() => {
    throw new Error(otherwise);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    ended.abort();
  }
}

function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3));
  } catch {
    return false;
  }
}
