import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Snapshot } from '../../src/contract.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const LOOK_EVERY_MS = 200;
/** A start takes half a second, on a busy machine some more. */
const STARTS_WITHIN_MS = 30_000;

/** Called with every answer of `/ports`. */
export type Look = (snapshot: Snapshot) => void;

/** A real agent as a process of its own, looked at through its `/ports` as anybody would. */
export class RunningAgent {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #looks = new Set<Look>();

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
  }

  /** Keeps its state in that folder. Ends by itself when this process is gone. */
  static async start(stateDir: string, ending: AbortSignal): Promise<RunningAgent> {
    const options = [
      '--listen',
      '127.0.0.1:0',
      '--scan-every',
      '500ms',
      '--state-dir',
      stateDir,
      '--log-level',
      'error',
    ];
    const child = spawn(process.execPath, [MAIN, 'agent', ...options], {
      detached: true,
      env: {},
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const { stdout } = child;
    if (stdout === null) throw new Error('the agent could not be started');
    try {
      const signal = AbortSignal.any([ending, AbortSignal.timeout(STARTS_WITHIN_MS)]);
      const [line] = (await once(stdout, 'data', { signal })) as [Buffer];
      const url = /listening on (http:\S+)/.exec(line.toString())?.[1];
      if (url === undefined) throw new Error(`the agent did not start: ${line.toString()}`);
      return new RunningAgent(child, url);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Returns how to stop looking. */
  onLook(look: Look): () => void {
    this.#looks.add(look);
    return () => this.#looks.delete(look);
  }

  /** Looks until told to end; rejects when the agent does not answer any more. */
  async watch(ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      const answer = await fetch(`${this.#url}ports`, { headers: { accept: 'application/json' } });
      const snapshot = (await answer.json()) as Snapshot;
      for (const look of this.#looks) look(snapshot);
      await setTimeout(LOOK_EVERY_MS);
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}
