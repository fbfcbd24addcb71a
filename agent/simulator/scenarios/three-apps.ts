import { RUNG_MS, type Scenario, span } from '../scenario.ts';

const APPS = ['web', 'api', 'admin'] as const;

export const threeApps: Scenario = {
  does: 'One process manager starts three different programs on adjoining ports, one after the other.',
  lastsMs: 60_000,
  everyMs: RUNG_MS,
  step: 'time between two starts',
  reach: span(APPS.length),
  expects: [],
  play: async ({ servers }, { basePort, everyMs }) => {
    const serves = servers.next(`${APPS[2]} 1`, 'listening');
    const args = ['--apps', APPS.join(), '--pause-ms', String(everyMs)];
    servers.launch({ name: 'manager 1', script: 'manager.ts', port: basePort, args });
    await serves;
  },
};
