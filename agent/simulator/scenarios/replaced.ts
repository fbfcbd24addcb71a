import { carelessWeb, driftBecauseOf, REPLACED_AFTER, REPLACED_AFTER_MS, type Scenario, span } from '../scenario.ts';

export const replaced: Scenario = {
  does: 'An upgrade replaces the executable; web 1 still runs from the deleted file and keeps the port web 2 wants.',
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: REPLACED_AFTER,
  reach: span(2),
  expects: driftBecauseOf('replaced', 'web 1', 'web 2'),
  // True until web 2 is there.
  maySay: ['outdated-executable'],
  play: async ({ servers, workshop, pause }, { basePort, everyMs }) => {
    await servers.start({ ...carelessWeb(1, basePort), executable: workshop.executable('node') });
    await pause(everyMs);
    const upgraded = workshop.executable('node');
    await servers.sendSigterm('web 1');
    await servers.start({ ...carelessWeb(2, basePort), executable: upgraded });
  },
  repair: ({ servers }) => {
    servers.signal('web 1', 'sigkill');
  },
};
