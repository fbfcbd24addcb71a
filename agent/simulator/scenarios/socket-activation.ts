import { REPLACED_AFTER_MS, type Scenario } from '../scenario.ts';

export const socketActivation: Scenario = {
  does: 'A parent opens the socket and keeps it; web gets it from there, and again after a restart.',
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: 'time from the start of web to its restart',
  reach: [0],
  expects: [],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    const serves = servers.next('web 1', 'listening');
    servers.launch({ name: 'activator 1', script: 'activator.ts', port: basePort, args: [] });
    await serves;
    await pause(everyMs);
    const servesAgain = servers.next('web 2', 'listening');
    servers.signal('activator 1', 'sighup');
    await servesAgain;
  },
};
