import { type Scenario } from '../scenario.ts';
import { callAgainAndAgain, callUntilItHangs, startHanging, WEDGED_AFTER_MS, wedgedAt } from './queues.ts';

const CALLS = 2;

export const givenUp: Scenario = {
  does: `As hung, with ${CALLS} clients that wait in vain and leave.`,
  lastsMs: 60_000,
  everyMs: 2_000,
  step: 'time from its start until it hangs',
  reach: [0],
  expects: [
    // The clients leave when the last of them came, and critical is what waits ten seconds after that.
    wedgedAt('critical', WEDGED_AFTER_MS),
  ],
  play: async (stage, { basePort, everyMs }) => {
    await startHanging(stage, basePort);
    await callUntilItHangs(stage, basePort, 'web 1', everyMs);
    await callAgainAndAgain(stage, basePort, CALLS);
    stage.connections.leave();
  },
  repair: ({ servers }) => {
    servers.signal('web 1', 'sigkill');
  },
};
