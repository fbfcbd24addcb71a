import { carelessWeb, type Scenario, span } from './scenario.ts';

/** Bounds memory: a rung is a Node process of some 45 MB. */
const RUNGS = 20;

export const ladder: Scenario = {
  does: `web is restarted again and again and each restart leaves its process behind, up to ${RUNGS} ports.`,
  lastsMs: 60_000,
  everyMs: 4_000,
  step: 'time between two restarts',
  reach: span(RUNGS),
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    let newest = await servers.start(carelessWeb(1, basePort));
    for (let version = 2; version <= RUNGS; version += 1) {
      await pause(everyMs);
      await servers.sendSigterm(newest);
      newest = await servers.start(carelessWeb(version, basePort));
    }
  },
};
