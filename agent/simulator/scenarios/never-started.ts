import { type Scenario, web } from '../scenario.ts';

/** Longer than a restart takes. */
export const MISSING_AFTER_MS = 30_000;

export const neverStarted: Scenario = {
  does: 'A declared service is not there, and nobody starts it.',
  lastsMs: 60_000,
  everyMs: 1_000,
  step: 'nothing',
  reach: [0],
  declares: (basePort) => [`never-started=127.0.0.1:${basePort}`],
  expects: [
    {
      kind: 'missing',
      severity: 'critical',
      from: { event: 'begun', server: null },
      afterMs: MISSING_AFTER_MS,
      servers: [],
      causes: [],
    },
  ],
  play: () => Promise.resolve(),
  repair: ({ servers }, { basePort }) => {
    servers.launch(web(1, basePort));
  },
};
