import { about, type Scenario, web } from '../scenario.ts';

const DIES_AFTER_MS = 1_000;
const GENERATIONS = 1000;
/** How many ports in a row are a habit. */
export const CYCLING_FROM = 5;
const EVERY_MS = 1_000;
/** Who stands for so many times as long as the others is no part of it. */
export const STEADY = 3;

export const crashLoop: Scenario = {
  does: 'web opens its port, dies a second later, and is started again on the same port, and again.',
  lastsMs: 60_000,
  everyMs: EVERY_MS,
  step: 'time from a death to the next start',
  reach: [0],
  expects: [
    about('cycling', `web ${CYCLING_FROM}`, {
      severity: 'warning',
      from: { event: 'listening', server: `web ${CYCLING_FROM}` },
    }),
  ],
  play: async ({ servers, pause, isRepaired }, { basePort, everyMs }) => {
    for (let version = 1; version <= GENERATIONS && !isRepaired(); version += 1) {
      const dies = servers.next(`web ${version}`, 'exited');
      await servers.start(web(version, basePort, '--die-after-ms', String(DIES_AFTER_MS)));
      await dies;
      await pause(everyMs);
    }
    await servers.start(web(GENERATIONS + 1, basePort));
  },
  repair: () => undefined,
  // First the one that is there has to die.
  calmAfterMs: DIES_AFTER_MS + EVERY_MS + STEADY * DIES_AFTER_MS,
};
