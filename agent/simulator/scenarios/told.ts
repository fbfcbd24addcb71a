import { RUNG_MS, type Scenario, type Stage, span } from '../scenario.ts';

const RUNGS = 8;

export const told: Scenario = {
  does: 'A start script tells web a free port each time, and the web before it stays: it climbs as told.',
  lastsMs: 60_000,
  everyMs: RUNG_MS,
  step: 'time between two starts',
  reach: span(RUNGS),
  expects: [
    {
      kind: 'ladder',
      from: { event: 'listening', server: 'web 3' },
      servers: ['web 1', 'web 2', 'web 3'],
      causes: [{ cause: 'told-by-starter', server: null }],
      mayName: ['ignored-sigterm'],
    },
  ],
  play: async (stage, { basePort, everyMs }) => {
    await startNext(stage, 1, basePort);
    for (let version = 2; version <= RUNGS; version += 1) {
      await stage.pause(everyMs);
      await stage.servers.sendSigterm(`web ${version - 1}`);
      await startNext(stage, version, basePort);
    }
  },
};

async function startNext({ servers }: Stage, version: number, port: number): Promise<void> {
  const serves = servers.next(`web ${version}`, 'listening');
  servers.launch({ name: `starter ${version}`, script: 'starter.ts', port, args: [] });
  await serves;
}
