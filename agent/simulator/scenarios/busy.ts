import { type Scenario, web } from '../scenario.ts';

const COMPUTES_MS = 400;
const CALLS_EVERY_MS = 20;

export const busy: Scenario = {
  does: `web computes for ${COMPUTES_MS} ms at a time; its queue is hardly ever empty, and it moves.`,
  lastsMs: 60_000,
  everyMs: 16_000,
  step: 'how long it is watched',
  reach: [0],
  expects: [],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort, '--busy-ms', String(COMPUTES_MS)));
    const args = ['--every-ms', String(CALLS_EVERY_MS)];
    servers.launch({ name: 'callers 1', script: 'callers.ts', port: basePort, args });
    await pause(everyMs);
  },
};
