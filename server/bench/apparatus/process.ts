/** A process under measurement: begun here, ended here. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Of /proc/PID/stat: a hundredth of a second on every Linux machine. */
const TICKS_PER_SECOND = 100;
const BYTES_PER_KB = 1_024;

const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

export interface Memory {
  readonly residentBytes: number;
  /** Without what is mapped from files. */
  readonly anonymousBytes: number;
}

export class Measured {
  readonly child: ChildProcess;
  readonly #ended: Promise<unknown>;

  /** @param onLine called with each line of its output */
  constructor(command: string, args: readonly string[], onLine: (line: string) => void) {
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    running.add(this.child);
    this.#ended = once(this.child, 'close').finally(() => running.delete(this.child));
    if (this.child.stdout) createInterface(this.child.stdout).on('line', onLine);
  }

  get #pid(): number {
    return this.child.pid ?? 0;
  }

  /** User and system time of all its threads until now. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  memory(): Memory {
    const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8');
    const bytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * BYTES_PER_KB;
    return { residentBytes: bytes('VmRSS'), anonymousBytes: bytes('RssAnon') };
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Its exit code, once its output is read; null: ended by a signal. */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.child.exitCode;
  }

  async end(): Promise<void> {
    this.signal('SIGTERM');
    await this.#ended;
  }
}
