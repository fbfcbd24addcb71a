import type { Finding } from '../../src/contract.ts';
import type { Moment } from '../journal.ts';
import type { Expectation } from '../scenario.ts';
import { differences, inventedCauses } from './differences.ts';
import type { Trial } from './trial.ts';

export interface Observed {
  /** From the moment it was so to the answer that said so, the longest of all; null when none came or none was due. */
  readonly seconds: number | null;
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
const CONTROL_MS = 20_000;
/** What follows from the last step of a control would be found by then. */
const SETTLE_MS = 4_000;
/** What comes beside the expected finding comes with it. */
const BESIDE_MS = 1_000;
const STEP_MS = 20;

export async function observeControl(trial: Trial): Promise<Observed> {
  await Promise.race([trial.playing, trial.stage.pause(CONTROL_MS)]);
  await trial.stage.pause(SETTLE_MS);
  return { seconds: null, closedSeconds: null, faults: unexpected(trial) };
}

export async function observeIncident(trial: Trial): Promise<Observed> {
  const arrivals: Arrival[] = [];
  for (const expectation of trial.scenario.expects) arrivals.push(await arrivalOf(trial, expectation));
  await trial.stage.pause(BESIDE_MS);
  const closed = await closing(trial);
  const faults = [...arrivals.flatMap((arrival) => arrival.faults), ...unexpected(trial)];
  const seconds = arrivals.map((arrival) => arrival.seconds);
  return {
    seconds: seconds.includes(null) ? null : Math.max(...seconds.map(Number)),
    closedSeconds: closed.seconds,
    faults: [...faults, ...closed.faults],
  };
}

interface Arrival {
  readonly seconds: number | null;
  readonly faults: readonly string[];
}

async function arrivalOf(trial: Trial, expected: Expectation): Promise<Arrival> {
  const due = await momentOf(trial, expected.from);
  const home = expected.home === undefined ? trial.basePort : (await momentOf(trial, expected.home)).port;
  const candidates = (): readonly Finding[] => trial.sightings.now.filter(({ kind }) => kind === expected.kind);
  const wrong = (finding: Finding): readonly string[] =>
    differences(expected, finding, home, (server) => trial.stage.servers.pidOf(server));
  const came = await until(trial, trial.withinMs * LATE_TIMES, () =>
    candidates().some((finding) => wrong(finding).length === 0),
  );
  const seconds = secondsSince(due);
  if (came) return { seconds, faults: punctuality(`${expected.kind} came`, seconds, trial.withinMs) };
  const faults = candidates().flatMap((finding) => wrong(finding).map((fault) => `${finding.kind}: ${fault}`));
  return {
    seconds: null,
    faults: faults.length > 0 ? faults : [`no ${expected.kind} ${shown(seconds)} s after its moment`],
  };
}

/** Ends the trouble where the scenario knows how. */
async function closing({ scenario, stage, sightings, withinMs, ...trial }: Trial): Promise<Arrival> {
  if (scenario.repair === undefined || sightings.now.length === 0) return { seconds: null, faults: [] };
  const repairedAt = new Date().toISOString();
  scenario.repair(stage);
  const whole = { scenario, stage, sightings, withinMs, ...trial };
  const closed = await until(whole, withinMs * LATE_TIMES, () => sightings.now.length === 0);
  const seconds = secondsSince({ at: repairedAt });
  if (closed) return { seconds, faults: punctuality('closed', seconds, withinMs) };
  return { seconds: null, faults: [`still open ${shown(seconds)} s after the repair`] };
}

async function momentOf(trial: Trial, wanted: Expectation['from']): Promise<Moment> {
  const find = (): Moment | undefined =>
    trial.moments.find(({ event, server }) => event === wanted.event && server === wanted.server);
  await until(trial, PLAYED_WITHIN_MS, () => find() !== undefined);
  const moment = find();
  if (moment === undefined)
    throw new Error(`${wanted.server ?? 'it'} was not ${wanted.event} in ${PLAYED_WITHIN_MS / 1000} s`);
  return moment;
}

/** Over the whole time, also while it closes: each expectation stands for one finding. */
function unexpected({ sightings, scenario }: Trial): readonly string[] {
  const open = [...scenario.expects];
  return [...sightings.seen.values()].flatMap(({ latest, causes }) => {
    const at = open.findIndex(({ kind }) => kind === latest.kind);
    const [expected] = at === -1 ? [] : open.splice(at, 1);
    if (expected === undefined) return [`not expected: ${latest.kind}: ${latest.title}`];
    return inventedCauses(expected, { causes }).map((cause) => `${latest.kind} named the cause ${cause} for a while`);
  });
}

function punctuality(what: string, seconds: number, withinMs: number): readonly string[] {
  return seconds * 1000 > withinMs ? [`${what} after ${shown(seconds)} s instead of ${withinMs / 1000} s`] : [];
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

function secondsSince({ at }: Pick<Moment, 'at'>): number {
  return (Date.now() - Date.parse(at)) / 1000;
}

function shown(seconds: number): string {
  return seconds.toFixed(1);
}
