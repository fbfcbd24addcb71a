import { outcomeLine } from './outcome-text.ts';
import type { Progress } from './progress.ts';
import type { RunningAgent } from './running-agent.ts';
import { type Outcome, type TrialPlan, tryOut } from './trial.ts';

export interface Lanes {
  readonly agent: RunningAgent;
  /** How many may run side by side. */
  readonly width: number;
  readonly progress: Progress;
  /** Whether outcomes are told as they come. */
  readonly json: boolean;
  readonly ending: AbortSignal;
}

/** In as many lanes as may run side by side; the outcomes by name. */
export async function playAll(
  plans: readonly TrialPlan[],
  { agent, width, progress, json, ending }: Lanes,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const begun = new Map<string, Promise<Outcome>>();
  const waiting = inTurn(plans);
  const lane = async (): Promise<void> => {
    for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) {
      await Promise.all((plan.scenario.follows ?? []).flatMap((name) => begun.get(name) ?? []));
      progress.begins(plan.name);
      const trial = tryOut(plan, agent, ending);
      begun.set(plan.name, trial);
      const outcome = await trial;
      outcomes.set(plan.name, outcome);
      progress.ends(plan.name);
      if (json) process.stdout.write(outcomeLine(outcome));
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: width }, lane));
  for (const { reason } of lanes.filter((one) => one.status === 'rejected')) throw reason;
  return outcomes;
}

/** First those whose services are declared, which the agent misses until they run; last those that follow others. */
function inTurn(plans: readonly TrialPlan[]): TrialPlan[] {
  const rank = ({ scenario: { declares, follows } }: TrialPlan): number => {
    if (follows !== undefined) return 2;
    return declares === undefined ? 1 : 0;
  };
  return plans.toSorted((one, other) => rank(one) - rank(other));
}
