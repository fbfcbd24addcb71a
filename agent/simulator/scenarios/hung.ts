import { type Scenario } from '../scenario.ts';
import { callAgainAndAgain, callUntilItHangs, startHanging, wedgedAt } from './queues.ts';

export const hung: Scenario = {
  does: 'web hangs while clients come: their connections wait and nobody accepts them.',
  lastsMs: 60_000,
  everyMs: 2_000,
  step: 'time from its start until it hangs',
  reach: [0],
  expects: [wedgedAt('warning')],
  play: async (stage, { basePort, everyMs }) => {
    await startHanging(stage, basePort);
    await callUntilItHangs(stage, basePort, 'web 1', everyMs);
    await callAgainAndAgain(stage, basePort);
  },
  repair: ({ servers }) => {
    servers.signal('web 1', 'sigkill');
  },
};
