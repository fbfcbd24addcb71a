import { about, type Scenario } from '../scenario.ts';
import { callAgainAndAgain, callUntilItHangs, LAST_ACCEPT, startHanging, WEDGED_AFTER_MS } from './queues.ts';

const CALLS = 2;
/** Who left so long ago was not served. */
const GIVEN_UP_AFTER_MS = 10_000;

export const givenUp: Scenario = {
  does: `As hung, with ${CALLS} clients that wait in vain and leave.`,
  lastsMs: 60_000,
  everyMs: 2_000,
  step: 'time from its start until it hangs',
  reach: [0],
  expects: [
    about('wedged', 'web 1', {
      from: LAST_ACCEPT,
      afterMs: WEDGED_AFTER_MS,
      later: { severity: 'critical', from: { event: 'left', server: null }, afterMs: GIVEN_UP_AFTER_MS },
    }),
  ],
  play: async (stage, { basePort, everyMs }) => {
    await startHanging(stage, basePort);
    await callUntilItHangs(stage, basePort, 'web 1', everyMs);
    await callAgainAndAgain(stage, basePort, CALLS);
    stage.connections.leave();
    stage.note({ event: 'left', port: basePort, note: `${CALLS} clients` });
  },
  repair: ({ servers }) => {
    servers.signal('web 1', 'sigkill');
  },
};
