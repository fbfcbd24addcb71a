import { RUNG_MS, type Scenario, type Stage, web } from '../scenario.ts';

const GREEN_OFFSET = 100;
const SWITCHES = 3;
/** Until the load balancer sends nobody to the old one any more. */
const DRAINS_MS = 1_000;

export const blueGreen: Scenario = {
  does: 'Each release of web is told the other one of two ports, and the one before ends when it serves.',
  lastsMs: 60_000,
  everyMs: RUNG_MS,
  step: 'time between two releases',
  reach: [0, GREEN_OFFSET],
  expects: [],
  play: async (stage, { basePort, everyMs }) => {
    await start(stage, 1, basePort);
    for (let version = 2; version <= 1 + SWITCHES; version += 1) {
      await stage.pause(everyMs);
      await start(stage, version, version % 2 === 0 ? basePort + GREEN_OFFSET : basePort);
      await stage.pause(DRAINS_MS);
      await stage.servers.sendSigterm(`web ${version - 1}`);
    }
  },
};

function start({ servers }: Stage, version: number, port: number): Promise<void> {
  return servers.start(web(version, port, '--port', String(port)));
}
