import { REPLACED_AFTER_MS, type Scenario, span, web } from '../scenario.ts';

const PORTS = 3;

export const multiPort: Scenario = {
  does: `web opens ${PORTS} adjoining ports, and after a restart the same ones.`,
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: 'time from its start to its restart',
  reach: span(PORTS),
  expects: [],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort, '--listeners', String(PORTS)));
    await pause(everyMs);
    await servers.sendSigterm('web 1');
    await servers.start(web(2, basePort, '--listeners', String(PORTS)));
  },
};
