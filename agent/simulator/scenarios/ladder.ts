import { carelessWeb, RUNG_MS, type Scenario, span } from '../scenario.ts';

/** Bounds memory: a rung is a Node process of some 45 MB. */
const RUNGS = 20;

export const ladder: Scenario = {
  does: `web is restarted again and again and each restart leaves its process behind, up to ${RUNGS} ports.`,
  lastsMs: 60_000,
  everyMs: RUNG_MS,
  step: 'time between two restarts',
  reach: span(RUNGS),
  expects: [
    {
      kind: 'ladder',
      from: { event: 'listening', server: 'web 3' },
      servers: ['web 1', 'web 2', 'web 3'],
      causes: [
        { cause: 'ignored-sigterm', server: 'web 1' },
        { cause: 'ignored-sigterm', server: 'web 2' },
      ],
    },
  ],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(carelessWeb(1, basePort));
    for (let version = 2; version <= RUNGS; version += 1) {
      await pause(everyMs);
      await servers.sendSigterm(`web ${version - 1}`);
      await servers.start(carelessWeb(version, basePort));
    }
  },
};
