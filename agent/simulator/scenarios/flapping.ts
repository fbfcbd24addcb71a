import { about, type Scenario } from '../scenario.ts';

const NAME = 'flicker 1';
const TIMES = 3;

export const flapping: Scenario = {
  does: `A program takes the port of another one for a moment, ${TIMES} times.`,
  lastsMs: 60_000,
  everyMs: 1_500,
  step: 'how long it stays, and then stays away',
  reach: [0],
  declares: (basePort) => [`flapping=127.0.0.1:${basePort},exe=web-server`],
  expects: [
    about('wrong-holder', NAME, {
      severity: 'critical',
      from: { event: 'closed', server: NAME, which: TIMES },
      flapping: TIMES,
    }),
  ],
  play: async ({ servers }, { basePort, everyMs }) => {
    const times = ['--times', String(TIMES + 1), '--open-ms', String(everyMs), '--closed-ms', String(everyMs)];
    await servers.start({ name: NAME, script: 'flicker.ts', port: basePort, args: times });
  },
};
