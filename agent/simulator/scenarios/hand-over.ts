import { REPLACED_AFTER_MS, type Scenario, web } from '../scenario.ts';

const HAND_OVERS = 2;

export const handOver: Scenario = {
  does: 'web starts its own successor, hands it the socket, and ends a little later: always the same port.',
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS / HAND_OVERS,
  step: 'time between two upgrades',
  reach: [0],
  expects: [],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort, '--hand-over'));
    for (let version = 1; version <= HAND_OVERS; version += 1) {
      await pause(everyMs);
      const taken = servers.next(`web ${version + 1}`, 'listening');
      servers.signal(`web ${version}`, 'sigusr2');
      await taken;
    }
  },
};
