import { carelessWeb, driftBecauseOf, REPLACED_AFTER, REPLACED_AFTER_MS, type Scenario, span } from '../scenario.ts';

export const stale: Scenario = {
  does: 'web 1 ignores SIGTERM and keeps the base port; web 2 silently takes the next one.',
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: REPLACED_AFTER,
  reach: span(2),
  expects: driftBecauseOf('ignored-sigterm', 'web 1', 'web 2'),
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(carelessWeb(1, basePort));
    await pause(everyMs);
    await servers.sendSigterm('web 1');
    await servers.start(carelessWeb(2, basePort));
  },
  repair: ({ servers }) => {
    servers.signal('web 1', 'sigkill');
  },
};
