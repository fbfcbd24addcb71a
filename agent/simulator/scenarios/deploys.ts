import { type Scenario, web } from '../scenario.ts';

const DEPLOYS = 4;

export const deploys: Scenario = {
  does: `web is deployed ${DEPLOYS} times in a row, each time on its port, and then stays.`,
  lastsMs: 60_000,
  everyMs: 2_500,
  step: 'time between two deploys',
  reach: [0],
  expects: [],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort));
    for (let version = 2; version <= DEPLOYS; version += 1) {
      await pause(everyMs);
      await servers.sendSigterm(`web ${version - 1}`);
      await servers.start(web(version, basePort));
    }
    await pause(everyMs);
  },
};
