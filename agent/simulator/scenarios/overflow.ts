import { type Scenario } from '../scenario.ts';
import { callAgainAndAgain, callUntilItHangs, startHanging, wedgedAt } from './queues.ts';

const BACKLOG = 3;

export const overflow: Scenario = {
  does: `As hung, with room for ${BACKLOG} in the queue: the kernel turns away whoever comes after them.`,
  lastsMs: 60_000,
  everyMs: 2_000,
  step: 'time from its start until it hangs',
  reach: [0],
  // The kernel counts those turned away for the whole machine.
  follows: ['hung', 'stopped'],
  expects: [wedgedAt('critical')],
  play: async (stage, { basePort, everyMs }) => {
    await startHanging(stage, basePort, '--backlog', String(BACKLOG));
    await callUntilItHangs(stage, basePort, 'web 1', everyMs);
    await callAgainAndAgain(stage, basePort);
  },
  repair: ({ servers }) => {
    servers.signal('web 1', 'sigkill');
  },
};
