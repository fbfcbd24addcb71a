import { RUNG_MS, type Scenario, span, web } from '../scenario.ts';

/** Past the last one it begins again at the first. */
const PORTS = 8;
/** How long an old one stays beside its successor, in steps. */
const LINGERS = 0.5;
const GENERATIONS = 1000;

export const cycle: Scenario = {
  does: `Each restart of web takes the next port, and the one before ends only a little later: round and round ${PORTS} ports.`,
  lastsMs: 120_000,
  everyMs: RUNG_MS,
  step: 'time between two restarts',
  reach: span(PORTS),
  expects: [
    {
      kind: 'ladder',
      from: { event: 'listening', server: 'web 3' },
      servers: ['web 2', 'web 3'],
      causes: [],
      mayName: ['ignored-sigterm'],
    },
  ],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort));
    await pause(everyMs);
    for (let version = 2; version <= GENERATIONS; version += 1) {
      await servers.start(web(version, basePort + ((version - 1) % PORTS)));
      await pause(everyMs * LINGERS);
      await servers.sendSigterm(`web ${version - 1}`);
      await pause(everyMs * (1 - LINGERS));
    }
  },
};
