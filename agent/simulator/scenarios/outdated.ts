import { about, type Scenario, web } from '../scenario.ts';

const PROGRAM = 'webd';

export const outdated: Scenario = {
  does: 'An upgrade replaces the executable, and nobody restarts what runs from it.',
  lastsMs: 60_000,
  everyMs: 3_000,
  step: 'time from the start of web to the upgrade',
  reach: [0],
  expects: [about('outdated-executable', 'web 1', { severity: 'notice', from: { event: 'upgraded', server: null } })],
  play: async ({ servers, workshop, note, pause }, { basePort, everyMs }) => {
    await servers.start({ ...web(1, basePort), executable: workshop.executable(PROGRAM) });
    await pause(everyMs);
    note({ event: 'upgraded', note: workshop.executable(PROGRAM) });
  },
  repair: ({ servers }) => {
    servers.signal('web 1', 'sigkill');
  },
};
