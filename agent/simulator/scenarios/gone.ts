import { type Scenario, web } from '../scenario.ts';
import { MISSING_AFTER_MS } from './never-started.ts';

export const gone: Scenario = {
  does: 'A declared service ends and nobody starts it again.',
  lastsMs: 60_000,
  everyMs: 4_000,
  step: 'time from its start to its end',
  reach: [0],
  declares: (basePort) => [`gone=127.0.0.1:${basePort}`],
  expects: [
    {
      kind: 'missing',
      severity: 'critical',
      from: { event: 'exited', server: 'web 1' },
      afterMs: MISSING_AFTER_MS,
      servers: [],
      causes: [],
    },
  ],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort));
    await pause(everyMs);
    await servers.sendSigterm('web 1');
  },
  repair: ({ servers }, { basePort }) => {
    servers.launch(web(2, basePort));
  },
};
