import { type Scenario, web } from '../scenario.ts';

const WORKERS = 3;
const RECYCLED = 3;

export const prefork: Scenario = {
  does: `web and its ${WORKERS} workers hold one socket; worker after worker is replaced.`,
  lastsMs: 60_000,
  everyMs: 4_000,
  step: 'time between two replacements',
  reach: [0],
  expects: [],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort, '--workers', String(WORKERS)));
    for (let round = 1; round <= RECYCLED; round += 1) {
      await pause(everyMs);
      const replaced = servers.next('web 1', 'opened');
      servers.signal('web 1', 'sighup');
      await replaced;
    }
  },
};
