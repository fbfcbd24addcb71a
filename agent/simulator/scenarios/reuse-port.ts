import { REPLACED_AFTER_MS, type Scenario, span, type Stage, web } from '../scenario.ts';

const SIBLINGS = 3;

export const reusePort: Scenario = {
  does: `${SIBLINGS} processes of web listen on one port by SO_REUSEPORT, and are replaced one by one.`,
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: 'time from their start to their replacement',
  reach: [0],
  expects: [],
  play: async (stage, { basePort, everyMs }) => {
    for (const index of span(SIBLINGS)) await start(stage, index + 1, basePort);
    await stage.pause(everyMs);
    for (const index of span(SIBLINGS)) {
      await stage.servers.sendSigterm(`web ${index + 1}`);
      await start(stage, SIBLINGS + index + 1, basePort);
    }
  },
};

function start({ servers }: Stage, version: number, port: number): Promise<void> {
  return servers.start(web(version, port, '--reuse-port'));
}
