import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Snapshot } from '../../src/contract.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const FAST_CLOCK = fileURLToPath(new URL('fast-clock.ts', import.meta.url));
/** From look to look, the agent's and ours at its answers. */
const PACE = { scans: '500ms', asksEveryMs: 200 };
/** No agent looks more often; on its clock half a minute may go by meanwhile. */
const FAST_PACE = { scans: '200ms', asksEveryMs: 100 };
/** A start takes half a second, on a busy machine some more. */
const STARTS_WITHIN_MS = 30_000;

/** Called with every answer of `/ports`. */
export type Look = (snapshot: Snapshot) => void;

export interface AgentPlan {
  readonly stateDir: string;
  /** Values of `--expect`. */
  readonly declared: readonly string[];
  /** Of its clock: 1 is real. */
  readonly speed: number;
}

/** A real agent as a process of its own, looked at through its `/ports` as anybody would. */
export class RunningAgent {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #asksEveryMs: number;
  readonly #looks = new Set<Look>();

  private constructor(child: ChildProcess, url: string, asksEveryMs: number) {
    this.#child = child;
    this.#url = url;
    this.#asksEveryMs = asksEveryMs;
  }

  /** Ends by itself when this process is gone. */
  static async start(plan: AgentPlan, ending: AbortSignal): Promise<RunningAgent> {
    const pace = plan.speed === 1 ? PACE : FAST_PACE;
    const child = spawnAgent(plan, pace.scans);
    const { stdout } = child;
    if (stdout === null) throw new Error('the agent could not be started');
    try {
      const signal = AbortSignal.any([ending, AbortSignal.timeout(STARTS_WITHIN_MS)]);
      const [line] = (await once(stdout, 'data', { signal })) as [Buffer];
      const url = /listening on (http:\S+)/.exec(line.toString())?.[1];
      if (url === undefined) throw new Error(`the agent did not start: ${line.toString()}`);
      return new RunningAgent(child, url, pace.asksEveryMs);
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
      await setTimeout(this.#asksEveryMs);
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

function spawnAgent({ stateDir, declared, speed }: AgentPlan, scanEvery: string): ChildProcess {
  const options = [
    '--listen',
    '127.0.0.1:0',
    '--scan-every',
    scanEvery,
    '--state-dir',
    stateDir,
    '--log-level',
    'error',
  ];
  const services = declared.flatMap((service) => ['--expect', service]);
  const clock = speed === 1 ? [] : ['--import', FAST_CLOCK];
  return spawn(process.execPath, [...clock, MAIN, 'agent', ...options, ...services], {
    detached: true,
    env: speed === 1 ? {} : { CLOCK_SINCE_MS: String(Date.now()), CLOCK_SPEED: String(speed) },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}
