import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageFolder } from '../../src/config.ts';
import { freePort } from '../free-port.ts';

const LAUNCHER = join(packageFolder(), 'bin', 'portlight-server');

/** The bundle as an operator starts it, always on the same port. It ends with this process. */
export class ServerProcess {
  private child: ChildProcess | null = null;
  private ended: Promise<unknown> = Promise.resolve();
  private told = '';

  readonly port: number;
  private readonly args: readonly string[];

  private constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.args = args;
  }

  static async prepare(args: readonly string[]): Promise<ServerProcess> {
    return new ServerProcess(await freePort(), args);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Milliseconds until it takes requests. Throws what it printed when it ends instead. */
  async start(): Promise<number> {
    const from = performance.now();
    const options = ['--listen', `127.0.0.1:${this.port}`, '--log-level', 'error'];
    // A server that is given a channel ends when whoever started it does.
    const child = spawn(LAUNCHER, [...options, ...this.args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.child = child;
    this.ended = once(child, 'close');
    child.stderr?.on('data', (chunk: Buffer) => {
      this.told = (this.told + chunk.toString()).slice(-4_000);
    });
    if (!child.stdout) throw new Error('no output to read');
    const ready = once(createInterface(child.stdout), 'line');
    const first = await Promise.race([ready, this.ended.then(() => null)]);
    if (first === null) throw new Error(`the server ended at its start: ${this.told}`);
    return performance.now() - from;
  }

  /** What it logged at last. */
  get log(): string {
    return this.told;
  }

  async kill9(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.ended;
    this.child = null;
  }

  /** Answers the exit code and the milliseconds it took. */
  async terminate(): Promise<{ readonly code: number | null; readonly ms: number }> {
    const { child } = this;
    if (!child) return { code: null, ms: 0 };
    const from = performance.now();
    child.kill('SIGTERM');
    await this.ended;
    this.child = null;
    return { code: child.exitCode, ms: performance.now() - from };
  }
}
