import { carelessWeb, type Scenario, span } from './scenario.ts';

export const stale: Scenario = {
  does: 'web 1 ignores SIGTERM and keeps the base port; web 2 silently takes the next one.',
  lastsMs: 60_000,
  everyMs: 3_000,
  step: 'time from the start of web 1 to its replacement',
  reach: span(2),
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    const old = await servers.start(carelessWeb(1, basePort));
    await pause(everyMs);
    await servers.sendSigterm(old);
    await servers.start(carelessWeb(2, basePort));
  },
};
