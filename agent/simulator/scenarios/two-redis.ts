import { REPLACED_AFTER_MS, type Scenario, type Stage, span } from '../scenario.ts';

/** They stand for redis-server by what an observer sees: the executable's name, and the title they write over their arguments. */
const PROGRAM = 'redis-server';

export const twoRedis: Scenario = {
  does: `Two ${PROGRAM} of one executable, each told its port, the second started later.`,
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: 'time between the two starts',
  reach: span(2),
  expects: [],
  play: async (stage, { basePort, everyMs }) => {
    const executable = stage.workshop.executable(PROGRAM);
    await start(stage, executable, 1, basePort);
    await stage.pause(everyMs);
    await start(stage, executable, 2, basePort + 1);
  },
};

function start({ servers }: Stage, executable: string, version: number, port: number): Promise<void> {
  const title = `${PROGRAM} 127.0.0.1:${port}`;
  return servers.start({ name: `redis ${version}`, script: 'web.ts', port, args: ['--title', title], executable });
}
