import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { claimBasePort, CLAIM_LENGTH } from './free-ports.ts';
import { listeningPorts } from './kernel-view.ts';
import type { Moment } from './journal.ts';

/** For the tests: a simulator that runs as a process of its own, and what it said so far. */
export interface Simulation {
  readonly basePort: number;
  readonly moments: readonly Moment[];
  /** Of the newest process of that name. */
  readonly pidOf: (server: string) => number;
  /** The moments of this kind once there are as many; rejects when the simulator ends before. */
  readonly until: (event: Moment['event'], count?: number) => Promise<readonly Moment[]>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Exit code or signal. */
  readonly ended: Promise<number | string>;
}

export const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

const STEP_MS = 10;

export async function simulate(scenario: string, ...options: readonly string[]): Promise<Simulation> {
  const basePort = await claimBasePort();
  const args = [MAIN, scenario, '--json', '--base-port', String(basePort), ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const moments: Moment[] = [];
  createInterface(child.stdout).on('line', (line) => moments.push(JSON.parse(line) as Moment));
  let exit: number | string | null = null;
  const ended = once(child, 'close').then(() => (exit = child.exitCode ?? child.signalCode ?? 'unknown'));
  const until: Simulation['until'] = async (event, count = 1) => {
    for (;;) {
      const found = moments.filter((moment) => moment.event === event);
      if (found.length >= count) return found;
      if (exit !== null) throw new Error(`the simulator ended (${exit}) after ${found.length} times ${event}`);
      await setTimeout(STEP_MS);
    }
  };
  const pidOf = (server: string): number => {
    const pid = moments.findLast((moment) => moment.server === server)?.pid;
    if (pid == null) throw new Error(`${server} was never started`);
    return pid;
  };
  return { basePort, moments, pidOf, until, kill: (signal) => void child.kill(signal), ended };
}

/** Once the simulator is gone, so is everything it opened. */
export async function endSimulation(run: Simulation): Promise<void> {
  run.kill('SIGTERM');
  assert.equal(await run.ended, 143);
  assert.deepEqual(listeningPorts(run.basePort, run.basePort + CLAIM_LENGTH - 2), []);
}

/** Milliseconds until it holds; rejects when it does not within `limitMs`. */
export async function holdsWithin(limitMs: number, holds: () => boolean): Promise<number> {
  const begunMs = performance.now();
  while (!holds()) {
    if (performance.now() - begunMs > limitMs)
      throw new Error(`did not hold within ${limitMs} ms: ${holds.toString()}`);
    await setTimeout(STEP_MS);
  }
  return performance.now() - begunMs;
}
