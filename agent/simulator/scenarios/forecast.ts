import { about, type Expectation, type Scenario, type Stage } from '../scenario.ts';

const NAME = 'hoarder 1';
const LIMIT = 1_024;
/** It opens half as many while it is watched. */
const LOW_LIMIT = 400;
/** So long the rule watches before it says where this ends. */
const WATCHED_MS = 30 * 60_000;
const FALLS_AT = 60;

export const forecast: Scenario = {
  does: `A server opens a file each ten seconds and closes none; it may have ${LIMIT}.`,
  lastsMs: 120_000,
  everyMs: 100,
  step: 'time from file to file',
  reach: [0],
  isFast: true,
  expects: ends('warning'),
  play: async (stage, { basePort, everyMs }) => start(stage, basePort, LIMIT, everyMs),
  repair: ({ servers }) => {
    servers.signal(NAME, 'sigkill');
  },
};

export const forecastSoon: Scenario = {
  ...forecast,
  does: `As forecast; it may have ${LOW_LIMIT}, which are used up within the hour.`,
  expects: ends('critical'),
  play: async (stage, { basePort, everyMs }) => start(stage, basePort, LOW_LIMIT, everyMs, LOW_LIMIT),
};

export const sawtooth: Scenario = {
  does: `A server opens file after file, and closes them all when it has ${FALLS_AT}.`,
  lastsMs: 120_000,
  everyMs: 100,
  step: 'time from file to file',
  reach: [0],
  isFast: true,
  expects: [],
  play: async (stage, { basePort, everyMs }) => {
    await start(stage, basePort, FALLS_AT, everyMs);
    await stage.pause((WATCHED_MS * 1.2) / 100);
  },
};

function ends(severity: 'warning' | 'critical'): readonly Expectation[] {
  return [about('forecast', NAME, { severity, from: { event: 'listening', server: NAME }, afterMs: WATCHED_MS })];
}

async function start(
  { servers }: Stage,
  port: number,
  most: number,
  everyMs: number,
  mostDescriptors = LIMIT,
): Promise<void> {
  const args = ['--most', String(most), '--limit', String(mostDescriptors), '--every-ms', String(everyMs)];
  await servers.start({ name: NAME, script: 'hoarder.ts', port, args, mostDescriptors });
}
