import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchForEnd } from '../endings.ts';
import { claimBasePort } from '../free-ports.ts';
import type { AllOptions } from '../options.ts';
import { playAll } from './lanes.ts';
import { outcomeTable } from './outcome-text.ts';
import { Progress } from './progress.ts';
import { RunningAgent } from './running-agent.ts';
import { type Outcome, speedOf, type TrialPlan } from './trial.ts';

/** Side by side: half a hundred processes at once are as many as two cores serve without being late. */
const AT_ONCE = 20;
const LONGEST_MS = 600_000;

/** Plays scenarios beside real agents; resolves with the exit code: 0 when every one came out as expected. */
export async function rehearse(options: AllOptions): Promise<number> {
  const watch = watchForEnd(LONGEST_MS, process.stdout);
  const folder = mkdtempSync(join(tmpdir(), 'portlight-simulator-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  try {
    const outcomes = await atEachSpeed(options, folder, watch.signal);
    if (!options.json) process.stdout.write(outcomeTable(outcomes));
    return outcomes.every(({ faults }) => faults.length === 0) ? 0 : 1;
  } catch (error) {
    if (!watch.signal.aborted) throw error;
    const { exitCode } = await watch.ended;
    return exitCode === 0 ? 1 : exitCode;
  } finally {
    watch.stop();
  }
}

/** Fast scenarios have an agent of their own; the outcomes in the order of the scenarios. */
async function atEachSpeed(options: AllOptions, folder: string, ending: AbortSignal): Promise<readonly Outcome[]> {
  const plans = await plansOf(options, folder);
  const progress = new Progress(plans.length);
  const over = new AbortController();
  const common = { folder, progress, json: options.json, ending: AbortSignal.any([ending, over.signal]) };
  const groups = [...Map.groupBy(plans, ({ scenario }) => speedOf(scenario))].map(([speed, group]) =>
    beside({ plans: group, speed, ...common }),
  );
  try {
    const outcomes = new Map((await Promise.all(groups)).flatMap((group) => [...group]));
    return plans.flatMap(({ name }) => outcomes.get(name) ?? []);
  } finally {
    over.abort();
    await Promise.allSettled(groups);
    progress.clear();
  }
}

interface Rehearsal {
  readonly plans: readonly TrialPlan[];
  readonly speed: number;
  readonly folder: string;
  readonly progress: Progress;
  readonly json: boolean;
  readonly ending: AbortSignal;
}

async function beside({ plans, speed, folder, ending, ...rest }: Rehearsal): Promise<ReadonlyMap<string, Outcome>> {
  const declared = plans.flatMap(({ scenario, basePort }) => scenario.declares?.(basePort) ?? []);
  const agent = await RunningAgent.start({ stateDir: join(folder, `state-${speed}`), declared, speed }, ending);
  const kill = (): void => agent.kill();
  process.on('exit', kill);
  const over = new AbortController();
  const signal = AbortSignal.any([ending, over.signal]);
  const watching = agent.watch(signal).finally(() => over.abort());
  try {
    return await playAll(plans, { agent, width: speed === 1 ? AT_ONCE : plans.length, ending: signal, ...rest });
  } catch (error) {
    // Without answers of the agent there is nothing to compare: why they ceased is what matters.
    await watching;
    throw error;
  } finally {
    over.abort();
    await agent.stop();
    process.off('exit', kill);
  }
}

/** Ports are tried before the agents run: they would see that. */
async function plansOf({ only, withinMs }: AllOptions, folder: string): Promise<readonly TrialPlan[]> {
  const plans: TrialPlan[] = [];
  for (const [name, scenario] of only) {
    plans.push({ name, scenario, basePort: await claimBasePort(), folder: join(folder, name), withinMs });
  }
  return plans;
}
