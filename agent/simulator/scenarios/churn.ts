import { type Scenario, span } from '../scenario.ts';

/** Half of them are open at any time. */
const SLOTS = 16;

export const churn: Scenario = {
  does: `One process opens and closes listeners without rest, ${SLOTS / 2} open at a time.`,
  lastsMs: 30_000,
  everyMs: 20,
  step: 'time between two openings',
  reach: span(SLOTS),
  expects: [],
  play: async ({ servers }, { basePort, everyMs }) => {
    const opens = servers.next('churner', 'opened');
    servers.launch({ name: 'churner', script: 'churner.ts', port: basePort, args: [String(SLOTS), String(everyMs)] });
    await opens;
  },
};
