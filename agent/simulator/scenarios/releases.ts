import { carelessWeb, driftBecauseOf, REPLACED_AFTER, REPLACED_AFTER_MS, type Scenario, span } from '../scenario.ts';

const OLD = '20261101120000';
const NEW = '20261123151705';

export const releases: Scenario = {
  does: 'As stale, with old and new running from release folders of their own.',
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: REPLACED_AFTER,
  reach: span(2),
  expects: driftBecauseOf('ignored-sigterm', 'web 1', 'web 2'),
  play: async ({ servers, workshop, pause }, { basePort, everyMs }) => {
    await servers.start({ ...carelessWeb(1, basePort), programs: workshop.release(OLD) });
    await pause(everyMs);
    await servers.sendSigterm('web 1');
    await servers.start({ ...carelessWeb(2, basePort), programs: workshop.release(NEW) });
  },
  repair: ({ servers }) => {
    servers.signal('web 1', 'sigkill');
  },
};
