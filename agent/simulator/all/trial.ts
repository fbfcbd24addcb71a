import { Connections } from '../connections.ts';
import { type Moment, noteTo } from '../journal.ts';
import { FAST, type Scenario, stage, type Stage } from '../scenario.ts';
import { Servers } from '../servers.ts';
import { Workshop } from '../workshop.ts';
import { expectationText, findingText } from './differences.ts';
import { type Observed, observeControl, observeIncident } from './observe.ts';
import type { RunningAgent } from './running-agent.ts';
import { type Facts, Sightings } from './sightings.ts';

export interface Outcome extends Observed {
  readonly scenario: string;
  /** Of the agent's clock, on which all times are: 1 is real. */
  readonly speed: number;
  /** `drift + ignored-sigterm`; none: clean. */
  readonly expected: readonly string[];
  readonly found: readonly string[];
  /** What the agent said at each change, and what the scenario did; null when all was as expected. */
  readonly facts: { readonly moments: readonly Moment[]; readonly answers: readonly Facts[] } | null;
}

export interface TrialPlan {
  readonly name: string;
  readonly scenario: Scenario;
  readonly basePort: number;
  /** A folder of its own, for its programs. */
  readonly folder: string;
  /** How soon a finding has to come and to go. */
  readonly withinMs: number;
}

/** How fast the clock of the agent runs that is beside a scenario. */
export function speedOf({ isFast }: Pick<Scenario, 'isFast'>): number {
  return isFast === true ? FAST : 1;
}

/** A run that is observed. */
export interface Trial extends TrialPlan {
  readonly stage: Stage;
  /** Tells the scenario, too. */
  readonly repair: () => void;
  readonly playing: Promise<void>;
  /** What it did so far. */
  readonly moments: readonly Moment[];
  readonly sightings: Sightings;
}

/** Plays one scenario and compares what the agent says of it with what it is. */
export async function tryOut(plan: TrialPlan, agent: RunningAgent, ending: AbortSignal): Promise<Outcome> {
  const { scenario, basePort } = plan;
  const moments: Moment[] = [];
  const note = noteTo((moment) => moments.push(moment));
  const workshop = Workshop.installedIn(plan.folder);
  const actors = { servers: new Servers(note, workshop.programs), connections: new Connections(note), workshop, note };
  const over = new AbortController();
  let isRepaired = false;
  const ownStage = stage(actors, AbortSignal.any([ending, over.signal]), () => isRepaired);
  const script = { basePort, everyMs: scenario.everyMs };
  const repair = (): void => {
    isRepaired = true;
    scenario.repair?.(ownStage, script);
  };
  const ports = scenario.reach.map((offset) => basePort + offset);
  const sightings = new Sightings(ports, () => new Set(moments.flatMap(({ pid }) => pid ?? [])));
  const stopLooking = agent.onLook((snapshot) => sightings.look(snapshot));
  note({ event: 'begun' });
  const playing = scenario.play(ownStage, script);
  try {
    const observing = observe({ ...plan, stage: ownStage, repair, playing, moments, sightings });
    const observed = await Promise.race([observing, failureOf(playing)]).catch(notPlayed);
    ending.throwIfAborted();
    return outcome(plan, observed, moments, sightings);
  } finally {
    stopLooking();
    over.abort();
    actors.connections.closeAll();
    await actors.servers.endAll();
    workshop.remove();
  }
}

function observe(trial: Trial): Promise<Observed> {
  return trial.scenario.expects.length === 0 ? observeControl(trial) : observeIncident(trial);
}

/** Rejects when the scenario could not be played; that it is over says nothing. */
async function failureOf(playing: Promise<void>): Promise<never> {
  await playing;
  return new Promise(() => undefined);
}

function notPlayed(error: unknown): Observed {
  const why = error instanceof Error ? error.message : String(error);
  return { seconds: null, lateSeconds: null, closedSeconds: null, faults: [`could not be played: ${why}`] };
}

function outcome(
  { name, scenario }: TrialPlan,
  observed: Observed,
  moments: readonly Moment[],
  sightings: Sightings,
): Outcome {
  const isAsExpected = observed.faults.length === 0;
  return {
    scenario: name,
    speed: speedOf(scenario),
    expected: scenario.expects.map(expectationText),
    found: [...new Set([...sightings.seen.values()].map(({ latest }) => findingText(latest, scenario)))],
    ...observed,
    facts: isAsExpected ? null : { moments: [...moments], answers: sightings.history },
  };
}
