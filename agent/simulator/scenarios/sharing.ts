/** Workers that share a port by SO_REUSEPORT under a parent that keeps their number. */
import { REPLACED_AFTER_MS, type Scenario, type Stage } from '../scenario.ts';

const WORKERS = 3;
const ROUNDS = 2;
const NAME = 'sharer 1';

export const rolling: Scenario = {
  does: `${WORKERS} workers of web share a port by SO_REUSEPORT; ${ROUNDS} times all of them are replaced, one after the other.`,
  lastsMs: 60_000,
  everyMs: 6_000,
  step: 'time from round to round',
  reach: [0],
  expects: [],
  play: async (stage, { basePort, everyMs }) => {
    await start(stage, basePort);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const newest = stage.servers.next(`web ${WORKERS * (round + 1)}`, 'listening');
      stage.servers.signal(NAME, 'sighup');
      await newest;
      await stage.pause(everyMs);
    }
  },
};

export const respawned: Scenario = {
  does: `${WORKERS} workers of web share a port by SO_REUSEPORT; one crashes, and a new one takes its place.`,
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: 'time from their start to the crash',
  reach: [0],
  expects: [],
  play: async (stage, { basePort, everyMs }) => {
    await start(stage, basePort);
    await stage.pause(everyMs);
    const newest = stage.servers.next(`web ${WORKERS + 1}`, 'listening');
    stage.servers.signal(NAME, 'sigusr2');
    await newest;
  },
};

async function start({ servers }: Stage, port: number): Promise<void> {
  const serve = Array.from({ length: WORKERS }, (_, index) => servers.next(`web ${index + 1}`, 'listening'));
  servers.launch({ name: NAME, script: 'sharer.ts', port, args: ['--workers', String(WORKERS)] });
  await Promise.all(serve);
}
