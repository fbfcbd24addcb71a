import { REPLACED_AFTER_MS, type Scenario, web } from '../scenario.ts';

export const sharedPort: Scenario = {
  does: 'api opens the port of web by SO_REUSEPORT, and each gets a part of the connections.',
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: 'time from the start of web to that of api',
  reach: [0],
  expects: [
    {
      kind: 'shared-port',
      severity: 'warning',
      from: { event: 'listening', server: 'api 1' },
      servers: ['web 1', 'api 1'],
      causes: [],
    },
  ],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort, '--reuse-port'));
    await pause(everyMs);
    await servers.start({ name: 'api 1', script: 'api.ts', port: basePort, args: ['--reuse-port'] });
  },
  repair: ({ servers }) => {
    servers.signal('api 1', 'sigkill');
  },
};
