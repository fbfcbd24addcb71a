import { about, type Scenario } from '../scenario.ts';
import { callAgainAndAgain, callUntilItHangs, LAST_ACCEPT, startHanging } from './queues.ts';

const WORSE_AFTER_MS = 60_000;
const CALLS = 5;

export const hungForLong: Scenario = {
  does: 'As hung, for more than a minute.',
  lastsMs: 60_000,
  everyMs: 2_000,
  step: 'time from its start until it hangs',
  reach: [0],
  isFast: true,
  expects: [about('wedged', 'web 1', { severity: 'critical', from: LAST_ACCEPT, afterMs: WORSE_AFTER_MS })],
  play: async (stage, { basePort, everyMs }) => {
    await startHanging(stage, basePort);
    await callUntilItHangs(stage, basePort, 'web 1', everyMs);
    await callAgainAndAgain(stage, basePort, CALLS);
  },
  repair: ({ servers }) => {
    servers.signal('web 1', 'sigkill');
  },
};
