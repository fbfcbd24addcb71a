import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchForEnd } from '../endings.ts';
import { claimBasePort } from '../free-ports.ts';
import type { AllOptions } from '../options.ts';
import { outcomeLine, outcomeTable } from './outcome-text.ts';
import { Progress } from './progress.ts';
import { RunningAgent } from './running-agent.ts';
import { type Outcome, type TrialPlan, tryOut } from './trial.ts';

/** Side by side: half a hundred processes at once are as many as two cores serve without being late. */
const AT_ONCE = 12;
const LONGEST_MS = 600_000;

/** Plays scenarios beside a real agent; resolves with the exit code: 0 when every one came out as expected. */
export async function rehearse(options: AllOptions): Promise<number> {
  const watch = watchForEnd(LONGEST_MS, process.stdout);
  const folder = mkdtempSync(join(tmpdir(), 'portlight-simulator-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  try {
    const outcomes = await beside(options, folder, watch.signal);
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

async function beside(options: AllOptions, folder: string, ending: AbortSignal): Promise<readonly Outcome[]> {
  const plans = await plansOf(options, folder);
  const agent = await RunningAgent.start(join(folder, 'state'), ending);
  process.on('exit', () => agent.kill());
  const over = new AbortController();
  const signal = AbortSignal.any([ending, over.signal]);
  const watching = agent.watch(signal).finally(() => over.abort());
  try {
    return await playAll(plans, agent, options.json, signal);
  } catch (error) {
    // Without answers of the agent there is nothing to compare: why they ceased is what matters.
    await watching;
    throw error;
  } finally {
    over.abort();
    await agent.stop();
  }
}

/** Ports are tried before the agent runs: it would see that. */
async function plansOf({ only, withinMs }: AllOptions, folder: string): Promise<readonly TrialPlan[]> {
  const plans: TrialPlan[] = [];
  for (const [name, scenario] of only) {
    plans.push({ name, scenario, basePort: await claimBasePort(), folder: join(folder, name), withinMs });
  }
  return plans;
}

/** In as many lanes as may run side by side; the outcomes in the order of the plans. */
async function playAll(
  plans: readonly TrialPlan[],
  agent: RunningAgent,
  json: boolean,
  ending: AbortSignal,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  const progress = new Progress(plans.length);
  const waiting = [...plans];
  const lane = async (): Promise<void> => {
    for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) {
      progress.begins(plan.name);
      const outcome = await tryOut(plan, agent, ending);
      outcomes.set(plan.name, outcome);
      progress.ends(plan.name);
      if (json) process.stdout.write(outcomeLine(outcome));
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
  progress.clear();
  for (const { reason } of lanes.filter((one) => one.status === 'rejected')) throw reason;
  return plans.flatMap(({ name }) => outcomes.get(name) ?? []);
}
