import { about, type Scenario, span, type Stage } from '../scenario.ts';

const NAME = 'opener 1';
/** As many beside each other are noticed. */
const NOTICED = 10;
const PORTS = 12;
const GROWS_TO = 40;
/** A minute on an agent's fast clock. */
const MINUTE_MS = 600;
const GROWS_AFTER_MS = 600_000;

const first = { event: 'listening', server: NAME } as const;
/** The first port is its `listening`. */
const tenth = { event: 'opened', server: NAME, which: NOTICED - 1 } as const;

export const leak: Scenario = {
  does: `One process opens ${PORTS} adjoining ports, one after the other.`,
  lastsMs: 60_000,
  everyMs: 300,
  step: 'time from port to port',
  reach: span(PORTS),
  expects: [about('leak', NAME, { severity: 'notice', from: tenth })],
  play: async (stage, { basePort, everyMs }) => start(stage, basePort, PORTS, everyMs),
  repair: end,
};

export const leakGrowing: Scenario = {
  does: 'One process opens a port each minute and closes none.',
  lastsMs: 60_000,
  everyMs: MINUTE_MS,
  step: 'time from port to port',
  reach: span(GROWS_TO),
  isFast: true,
  expects: [about('leak', NAME, { severity: 'warning', from: first, afterMs: GROWS_AFTER_MS })],
  play: async (stage, { basePort, everyMs }) => start(stage, basePort, GROWS_TO, everyMs),
  repair: end,
};

async function start({ servers }: Stage, port: number, ports: number, everyMs: number): Promise<void> {
  const args = ['--ports', String(ports), '--every-ms', String(everyMs)];
  await servers.start({ name: NAME, script: 'opener.ts', port, args });
}

function end({ servers }: Stage): void {
  servers.signal(NAME, 'sigkill');
}
