import { driftBecauseOf, REPLACED_AFTER, REPLACED_AFTER_MS, type Scenario, span, web } from '../scenario.ts';
import { callAgainAndAgain, LAST_ACCEPT, WEDGED_AFTER_MS } from './queues.ts';

const BECAUSE = 'ignored-sigterm';

export const wedged: Scenario = {
  does: 'web 1 hangs and hears no SIGTERM any more, yet keeps its port and its clients; web 2 takes the next one.',
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: REPLACED_AFTER,
  reach: span(2),
  expects: driftBecauseOf(BECAUSE, 'web 1', 'web 2').map((drift) => ({
    ...drift,
    later: {
      from: LAST_ACCEPT,
      afterMs: WEDGED_AFTER_MS,
      causes: [BECAUSE, 'wedged'].map((cause) => ({ cause, server: 'web 1' })),
    },
  })),
  play: async (stage, { basePort, everyMs }) => {
    const { servers, connections, pause } = stage;
    await servers.start(web(1, basePort, '--wedge', '--note-accepts'));
    await pause(everyMs);
    const accepts = servers.next('web 1', 'accepted');
    connections.open(basePort);
    await accepts;
    const hangs = servers.next('web 1', 'blocked');
    servers.signal('web 1', 'sigusr2');
    await hangs;
    servers.signal('web 1', 'sigterm');
    await Promise.all([servers.start(web(2, basePort, '--next-port-when-taken')), callAgainAndAgain(stage, basePort)]);
  },
  repair: ({ servers }) => {
    servers.signal('web 1', 'sigkill');
  },
};
