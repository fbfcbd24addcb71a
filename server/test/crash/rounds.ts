import { setTimeout as later } from 'node:timers/promises';
import type { OwnPostgres } from '../trial-postgres.ts';
import { Load } from './load.ts';
import type { Random } from './machine.ts';
import type { ServerProcess } from './server-process.ts';
import { judge, type Verdict } from './verdict.ts';

export interface RoundsOptions {
  readonly rounds: number;
  /** Pushes a second. */
  readonly rate: number;
  readonly machines: number;
  readonly changeShare: number;
  readonly random: Random;
  /** Killed instead of the server, which stays up meanwhile; null kills the server. */
  readonly postgres: OwnPostgres | null;
  /** Called after each round. */
  readonly tell: (line: string) => void;
}

export interface RoundsResult extends Verdict {
  readonly rounds: number;
  readonly pushes: number;
  /** Acknowledged pushes a second, while the service was there. */
  readonly rate: number;
  readonly acknowledgedEvents: number;
  /** By what came back. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Answers no fault explains. */
  readonly refusals: readonly string[];
  /** Until the service took requests again after a kill. */
  readonly slowestStartMs: number;
}

/** At the start of a round the load runs again at least this long before the kill, and at most that much longer. */
const [LEAST_LOAD_MS, MOST_LOAD_MORE_MS] = [300, 2_700];
const SETTLE_WITHIN_MS = 120_000;

/** Kills under load at random moments and starts again; at the end compares what was acknowledged with what is kept. */
export async function crashRounds(server: ServerProcess, options: RoundsOptions): Promise<RoundsResult> {
  const load = new Load(server.url, options);
  const downMs: number[] = [];
  const from = performance.now();
  try {
    for (let round = 1; round <= options.rounds; round += 1) {
      const before = load.acknowledgedEvents;
      await someAcknowledged(load);
      await later(LEAST_LOAD_MS + options.random() * MOST_LOAD_MORE_MS);
      const ms = await crash(server, options.postgres);
      downMs.push(ms);
      const events = load.acknowledgedEvents - before;
      options.tell(`round ${round}: ${events} events acknowledged, up again in ${Math.round(ms)} ms`);
    }
    const upMs = performance.now() - from - downMs.reduce((sum, ms) => sum + ms, 0);
    const rate = Math.round(load.count('acknowledged') / (upMs / 1_000));
    await load.settle(SETTLE_WITHIN_MS);
    return { rate, ...resultOf(load, downMs), ...(await judge(server.url, load.machines)) };
  } finally {
    load.stop();
  }
}

/** A round counts only if the service works again before it is killed again. */
async function someAcknowledged(load: Load): Promise<void> {
  const before = load.acknowledgedEvents;
  const until = performance.now() + SETTLE_WITHIN_MS;
  while (load.acknowledgedEvents <= before) {
    if (performance.now() > until) throw new Error(`no event is acknowledged: ${JSON.stringify([...load.outcomes])}`);
    await later(10);
  }
}

async function crash(server: ServerProcess, postgres: OwnPostgres | null): Promise<number> {
  const from = performance.now();
  if (postgres) {
    await postgres.kill9();
    await postgres.start();
  } else {
    await server.kill9();
    await server.start();
  }
  return performance.now() - from;
}

function resultOf(load: Load, downMs: readonly number[]) {
  return {
    rounds: downMs.length,
    pushes: load.count('acknowledged'),
    acknowledgedEvents: load.acknowledgedEvents,
    outcomes: Object.fromEntries(load.outcomes),
    refusals: load.refusals,
    slowestStartMs: Math.round(Math.max(...downMs)),
  };
}
