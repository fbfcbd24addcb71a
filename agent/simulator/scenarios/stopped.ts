import { type Scenario } from '../scenario.ts';
import { callAgainAndAgain, callUntilItHangs, wedgedAt } from './queues.ts';

export const stopped: Scenario = {
  does: 'web is stopped (SIGSTOP) and forgotten while clients come; it goes on in the end.',
  lastsMs: 60_000,
  everyMs: 2_000,
  step: 'time from its start until it is stopped',
  reach: [0],
  expects: [{ ...wedgedAt('warning'), says: 'stopped (state T)' }],
  play: async (stage, { basePort, everyMs }) => {
    const serves = stage.servers.next('web 1', 'listening');
    stage.servers.launch({ name: 'keeper 1', script: 'keeper.ts', port: basePort, args: ['--note-accepts'] });
    await serves;
    await callUntilItHangs(stage, basePort, 'keeper 1', everyMs);
    await callAgainAndAgain(stage, basePort);
  },
  repair: ({ servers }) => {
    servers.signal('keeper 1', 'sighup');
  },
};
