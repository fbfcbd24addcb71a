import { about, type Scenario } from '../scenario.ts';

export const wrongHolder: Scenario = {
  does: 'api holds the port that is declared for another program.',
  lastsMs: 60_000,
  everyMs: 2_000,
  step: 'time until it starts',
  reach: [0],
  declares: (basePort) => [`wrong-holder=127.0.0.1:${basePort},exe=web-server`],
  expects: [about('wrong-holder', 'api 1', { severity: 'critical', from: { event: 'listening', server: 'api 1' } })],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await pause(everyMs);
    await servers.start({ name: 'api 1', script: 'api.ts', port: basePort, args: [] });
  },
  repair: ({ servers }) => {
    servers.signal('api 1', 'sigkill');
  },
};
