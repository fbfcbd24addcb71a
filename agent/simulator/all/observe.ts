import type { Finding } from '../../src/contract.ts';
import type { Moment } from '../journal.ts';
import type { Expectation, MomentRef } from '../scenario.ts';
import { differences, inventedCauses } from './differences.ts';
import { type Due, find, punctuality } from './due.ts';
import { speedOf, type Trial } from './trial.ts';

/** Times are on the agent's clock. */
export interface Observed {
  /** From the moment it was so to the answer that said so, the longest of all; null when none came or none was due. */
  readonly seconds: number | null;
  /** The same, less what the rule itself waits, on a real clock: how long Portlight needed. */
  readonly lateSeconds: number | null;
  /** From the repair to the first answer without a finding; null when it stayed or nothing was repaired. */
  readonly closedSeconds: number | null;
  /** All that was not as expected. */
  readonly faults: readonly string[];
}

/** Waited for this many times longer than it may take, to tell late from never. */
const LATE_TIMES = 4;
/** The steps of a scenario on a busy machine. */
const PLAYED_WITHIN_MS = 60_000;
/** A control that never ends by itself is left after this time. */
const CONTROL_MS = 45_000;
/** What follows from the last step of a control would be found by then. */
const SETTLE_MS = 4_000;
/** What comes beside the expected finding comes with it. */
const BESIDE_MS = 1_000;
const STEP_MS = 20;

export async function observeControl(trial: Trial): Promise<Observed> {
  await Promise.race([trial.playing, trial.stage.pause(CONTROL_MS)]);
  await trial.stage.pause(SETTLE_MS);
  return { seconds: null, lateSeconds: null, closedSeconds: null, faults: unexpected(trial) };
}

export async function observeIncident(trial: Trial): Promise<Observed> {
  const arrivals: Arrival[] = [];
  for (const expectation of trial.scenario.expects) {
    arrivals.push(await arrivalOf(trial, expectation));
    const { later } = expectation;
    if (later !== undefined) arrivals.push(await arrivalOf(trial, { ...expectation, ...later }));
  }
  await trial.stage.pause(BESIDE_MS);
  const closed = await closing(trial);
  const faults = [...arrivals.flatMap((arrival) => arrival.faults), ...unexpected(trial)];
  return {
    seconds: longest(arrivals.map(({ seconds }) => seconds)),
    lateSeconds: longest(arrivals.map(({ lateSeconds }) => lateSeconds)),
    closedSeconds: closed.seconds,
    faults: [...faults, ...closed.faults],
  };
}

function longest(seconds: readonly (number | null)[]): number | null {
  return seconds.includes(null) ? null : Math.max(...seconds.map(Number));
}

type Arrival = Pick<Observed, 'seconds' | 'lateSeconds' | 'faults'>;

async function arrivalOf(trial: Trial, expected: Expectation): Promise<Arrival> {
  const { stage, sightings, moments } = trial;
  const afterMs = expected.afterMs ?? 0;
  let due = await momentOf(trial, expected.from);
  const home = expected.home === undefined ? trial.basePort : (await momentOf(trial, expected.home)).port;
  const candidates = (): readonly Finding[] => sightings.now.filter(({ kind }) => kind === expected.kind);
  const wrong = (finding: Finding): readonly string[] =>
    differences(expected, finding, home, (server) => stage.servers.pidOf(server));
  const came = await until(trial, patienceMs(trial, afterMs), () => {
    // The last of its kind may be still to come.
    due = find(moments, expected.from) ?? due;
    return candidates().some((finding) => wrong(finding).length === 0);
  });
  const seconds = secondsSince(due, trial);
  if (came) return { seconds, ...punctuality(`${expected.kind} came`, seconds, dueIn(trial, afterMs, afterMs > 0)) };
  const faults = candidates().flatMap((finding) => wrong(finding).map((fault) => `${finding.kind}: ${fault}`));
  const none = [`no ${expected.kind} ${shown(seconds)} s after its moment`];
  return { seconds: null, lateSeconds: null, faults: faults.length > 0 ? faults : none };
}

/** Ends the trouble where the scenario knows how. */
async function closing(trial: Trial): Promise<Arrival> {
  const { scenario, sightings } = trial;
  if (scenario.repair === undefined || sightings.now.length === 0)
    return { seconds: null, lateSeconds: null, faults: [] };
  const repaired = { at: new Date().toISOString() };
  const { calmAfterMs = 0 } = scenario;
  trial.repair();
  const closed = await until(trial, patienceMs(trial, calmAfterMs), () => sightings.now.length === 0);
  const seconds = secondsSince(repaired, trial);
  if (!closed) {
    return { seconds: null, lateSeconds: null, faults: [`still open ${shown(seconds)} s after the repair`] };
  }
  return { seconds, ...punctuality('closed', seconds, dueIn(trial, calmAfterMs, false)) };
}

/** How soon a trouble may be over, no rule says. */
function dueIn({ scenario, withinMs }: Trial, afterMs: number, isEarlyWrong: boolean): Due {
  return { afterMs, withinMs, speed: speedOf(scenario), isEarlyWrong };
}

/** Of a real clock, for what a rule waits for on the agent's and what may come late. */
function patienceMs({ scenario, withinMs }: Trial, afterMs: number): number {
  return afterMs / speedOf(scenario) + withinMs * LATE_TIMES;
}

async function momentOf(trial: Trial, wanted: MomentRef): Promise<Moment> {
  await until(trial, PLAYED_WITHIN_MS, () => find(trial.moments, wanted) !== undefined);
  const moment = find(trial.moments, wanted);
  if (moment === undefined)
    throw new Error(`${wanted.server ?? 'it'} was not ${wanted.event} in ${PLAYED_WITHIN_MS / 1000} s`);
  return moment;
}

/** Over the whole time, also while it closes: each expectation stands for one finding. */
function unexpected({ sightings, scenario }: Trial): readonly string[] {
  const open = [...scenario.expects];
  return [...sightings.seen.values()].flatMap(({ latest, causes }) => {
    if (scenario.maySay?.includes(latest.kind) === true) return [];
    const at = open.findIndex(({ kind }) => kind === latest.kind);
    const [expected] = at === -1 ? [] : open.splice(at, 1);
    if (expected === undefined) return [`not expected: ${latest.kind}: ${latest.title}`];
    return inventedCauses(expected, { causes }).map((cause) => `${latest.kind} named the cause ${cause} for a while`);
  });
}

/** False when it did not become so in time. */
async function until({ stage }: Trial, limitMs: number, isSo: () => boolean): Promise<boolean> {
  const endMs = Date.now() + limitMs;
  while (!isSo()) {
    if (Date.now() > endMs) return false;
    await stage.pause(STEP_MS);
  }
  return true;
}

/** On the agent's clock. */
function secondsSince({ at }: Pick<Moment, 'at'>, { scenario }: Trial): number {
  return ((Date.now() - Date.parse(at)) / 1000) * speedOf(scenario);
}

function shown(seconds: number): string {
  return seconds.toFixed(1);
}
