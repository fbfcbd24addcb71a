import { about, type Scenario, type Stage, web } from '../scenario.ts';

const OPEN_TO_ALL = ['--host', '0.0.0.0'];
/** Fifteen minutes on an agent's fast clock: by then the port is the program's home. */
const HELD_MS = 9_000;

const expects = [about('exposed', 'web 2', { severity: 'warning', from: { event: 'listening', server: 'web 2' } })];

export const exposed: Scenario = {
  does: 'web is declared for 127.0.0.1, and after a restart it listens on every interface.',
  lastsMs: 60_000,
  everyMs: 3_000,
  step: 'time from its start to its restart',
  reach: [0],
  declares: (basePort) => [`exposed=127.0.0.1:${basePort}`],
  expects,
  play: async (stage, { basePort, everyMs }) => restartOpen(stage, basePort, everyMs),
  repair: closeAgain,
};

export const exposedUndeclared: Scenario = {
  does: 'web was on 127.0.0.1 all the time, and after a restart it listens on every interface.',
  lastsMs: 60_000,
  everyMs: HELD_MS,
  step: 'time from its start to its restart',
  reach: [0],
  isFast: true,
  expects,
  play: async (stage, { basePort, everyMs }) => restartOpen(stage, basePort, everyMs),
  repair: closeAgain,
};

async function restartOpen({ servers, pause }: Stage, basePort: number, everyMs: number): Promise<void> {
  await servers.start(web(1, basePort));
  await pause(everyMs);
  await servers.sendSigterm('web 1');
  await servers.start(web(2, basePort, ...OPEN_TO_ALL));
}

function closeAgain({ servers }: Stage): void {
  servers.signal('web 2', 'sigkill');
}
