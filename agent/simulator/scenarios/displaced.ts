/** Declared services that are elsewhere: whatever else is wrong there is told in one row. */
import { type Scenario, span, web } from '../scenario.ts';
import { MISSING_AFTER_MS } from './never-started.ts';

const PROGRAM = 'web-server';
const from = { event: 'listening', server: 'web 2' } as const;

export const evicted: Scenario = {
  does: 'web is away for a moment and api takes its port; web, declared for that port, moves on to the next one.',
  lastsMs: 60_000,
  everyMs: 4_000,
  step: 'time from the start of web to its restart',
  reach: span(2),
  declares: (basePort) => [`evicted=127.0.0.1:${basePort},exe=${PROGRAM}`],
  expects: [
    {
      kind: 'drift',
      severity: 'critical',
      from,
      servers: ['web 2', 'api 1'],
      causes: [{ cause: 'wrong-holder', server: 'api 1' }],
    },
  ],
  // Until web is back, that is all there is to say.
  maySay: ['wrong-holder'],
  play: async ({ servers, workshop, pause }, { basePort, everyMs }) => {
    const executable = workshop.executable(PROGRAM);
    await servers.start({ ...web(1, basePort), executable });
    await pause(everyMs);
    await servers.sendSigterm('web 1');
    await servers.start({ name: 'api 1', script: 'api.ts', port: basePort, args: [] });
    await servers.start({ ...web(2, basePort, '--next-port-when-taken'), executable });
  },
};

export const moved: Scenario = {
  does: 'A declared service comes back on another port, and nobody is on its own.',
  lastsMs: 60_000,
  everyMs: 4_000,
  step: 'time from its start to its restart',
  reach: span(2),
  declares: (basePort) => [`moved=127.0.0.1:${basePort}`],
  expects: [
    {
      kind: 'drift',
      severity: 'critical',
      from,
      servers: ['web 2'],
      causes: [],
      later: {
        from: { event: 'exited', server: 'web 1' },
        afterMs: MISSING_AFTER_MS,
        causes: [{ cause: 'missing', server: null }],
      },
    },
  ],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort));
    await pause(everyMs);
    await servers.sendSigterm('web 1');
    await servers.start(web(2, basePort + 1));
  },
};
