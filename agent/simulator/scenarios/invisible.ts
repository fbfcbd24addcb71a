import { type Scenario, web } from '../scenario.ts';

export const invisible: Scenario = {
  does: 'An outgoing connection to the base port occupies the port web is told; no listener shows why web takes the next one.',
  lastsMs: 60_000,
  everyMs: 1_000,
  step: 'time from that connection to the start of web',
  reach: [0],
  expects: [
    {
      kind: 'drift',
      home: { event: 'holding', server: 'crawler 1' },
      from: { event: 'listening', server: 'web 1' },
      servers: ['web 1'],
      causes: [],
    },
  ],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start({ name: 'api 1', script: 'api.ts', port: basePort, args: [] });
    const connects = servers.next('crawler 1', 'holding');
    servers.launch({ name: 'crawler 1', script: 'crawler.ts', port: basePort, args: [] });
    const { port } = await connects;
    await pause(everyMs);
    await servers.start(web(1, basePort, '--port', String(port), '--next-port-when-taken'));
  },
};
