import type { Scenario } from '../scenario.ts';

const WORKERS = 2;
const API_OFFSET = 80;

export const healthy: Scenario = {
  does: 'Two services with workers serve steadily, each on its own port, and keep a few connections.',
  lastsMs: 60_000,
  everyMs: 1_000,
  step: 'time between two new connections',
  reach: [0, API_OFFSET],
  expects: [],
  play: async ({ servers, connections, pause }, { basePort, everyMs }) => {
    const services = [
      { name: 'web', script: 'web.ts', port: basePort },
      { name: 'api', script: 'api.ts', port: basePort + API_OFFSET },
    ] as const;
    await Promise.all(services.map((service) => servers.start({ ...service, args: ['--workers', String(WORKERS)] })));
    for (const { port } of [...services, ...services, ...services]) {
      connections.open(port);
      await pause(everyMs);
    }
  },
};
