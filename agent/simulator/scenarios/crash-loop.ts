import { type Scenario, web } from '../scenario.ts';

const DIES_AFTER_MS = 1_000;
const GENERATIONS = 1000;

export const crashLoop: Scenario = {
  does: 'web opens its port, dies a second later, and is started again on the same port, and again.',
  lastsMs: 60_000,
  everyMs: 1_000,
  step: 'time from a death to the next start',
  reach: [0],
  expects: [],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    for (let version = 1; version <= GENERATIONS; version += 1) {
      const dies = servers.next(`web ${version}`, 'exited');
      await servers.start(web(version, basePort, '--die-after-ms', String(DIES_AFTER_MS)));
      await dies;
      await pause(everyMs);
    }
  },
};
