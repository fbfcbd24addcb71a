import { driftBecauseOf, REPLACED_AFTER, REPLACED_AFTER_MS, type Scenario, span, web } from '../scenario.ts';

export const wedged: Scenario = {
  does: 'web 1 hangs and hears no SIGTERM any more, yet keeps its port; web 2 takes the next one.',
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: REPLACED_AFTER,
  reach: span(2),
  expects: driftBecauseOf('ignored-sigterm', 'web 1', 'web 2'),
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort, '--wedge'));
    await pause(everyMs);
    const hangs = servers.next('web 1', 'blocked');
    servers.signal('web 1', 'sigusr2');
    await hangs;
    servers.signal('web 1', 'sigterm');
    await servers.start(web(2, basePort, '--next-port-when-taken'));
  },
  repair: ({ servers }) => {
    servers.signal('web 1', 'sigkill');
  },
};
