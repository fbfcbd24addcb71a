import { type Scenario } from '../scenario.ts';

const STARTS_MS = 5_000;
const CALLS_EVERY_MS = 200;

export const slowStart: Scenario = {
  does: `As socket-activation; web needs ${STARTS_MS / 1000} s to start, and the first clients wait for it.`,
  lastsMs: 60_000,
  everyMs: 4_000,
  step: 'how long it is watched after that',
  reach: [0],
  expects: [],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    const serves = servers.next('web 1', 'listening');
    const args = ['--slow-start-ms', String(STARTS_MS)];
    servers.launch({ name: 'activator 1', script: 'activator.ts', port: basePort, args });
    const calls = ['--every-ms', String(CALLS_EVERY_MS), '--stay-ms', String(2 * STARTS_MS)];
    servers.launch({ name: 'callers 1', script: 'callers.ts', port: basePort, args: calls });
    await serves;
    await pause(everyMs);
  },
};
