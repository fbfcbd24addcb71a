import { driftBecauseOf, REPLACED_AFTER, REPLACED_AFTER_MS, type Scenario, span, web } from '../scenario.ts';

export const inherited: Scenario = {
  does: 'web 1 leaves its socket to a thumbnailer it started and ends; web 2 finds the port taken and moves on.',
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: REPLACED_AFTER,
  reach: span(2),
  expects: driftBecauseOf('inherited', 'thumbnailer 1', 'web 2'),
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    const inherits = servers.next('thumbnailer 1', 'holding');
    await servers.start(web(1, basePort, '--helper', 'thumbnailer'));
    await inherits;
    await pause(everyMs);
    await servers.sendSigterm('web 1');
    await servers.start(web(2, basePort, '--next-port-when-taken'));
  },
  repair: ({ servers }) => {
    servers.signal('thumbnailer 1', 'sigkill');
  },
};
