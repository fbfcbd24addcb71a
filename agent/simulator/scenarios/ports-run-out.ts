import { type Scenario, web } from '../scenario.ts';
import { WATCHED_MS } from './forecast.ts';

/** Bounds what it takes of the machine: far less than there is. */
const MOST = 1_500;
const FOREVER_MS = 3_600_000;

export const portsRunOut: Scenario = {
  does: `A client opens half a connection a second and closes none: in a day the machine has no local port left. It stops at ${MOST}.`,
  lastsMs: 60_000,
  everyMs: 20,
  step: 'time from connection to connection',
  reach: [0],
  isFast: true,
  usesUp: 'ephemeral-ports',
  expects: [
    {
      kind: 'forecast',
      severity: 'warning',
      home: null,
      // The machine is watched from the start.
      from: { event: 'begun', server: null },
      afterMs: WATCHED_MS,
      servers: [],
      causes: [],
    },
  ],
  play: async ({ servers }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort));
    const args = ['--every-ms', String(everyMs), '--stay-ms', String(FOREVER_MS), '--most', String(MOST)];
    servers.launch({ name: 'callers 1', script: 'callers.ts', port: basePort, args });
  },
};
