import { driftBecauseOf, REPLACED_AFTER, REPLACED_AFTER_MS, type Scenario, span } from '../scenario.ts';

export const supervisor: Scenario = {
  does: 'As stale, restarted by a process manager that lives on as the parent of both.',
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: REPLACED_AFTER,
  reach: span(2),
  expects: driftBecauseOf('ignored-sigterm', 'web 1', 'web 2'),
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    const serves = servers.next('web 1', 'listening');
    const args = ['--apps', 'web', '--', '--next-port-when-taken', '--ignore-sigterm'];
    servers.launch({ name: 'manager 1', script: 'manager.ts', port: basePort, args });
    await serves;
    await pause(everyMs);
    const restarted = servers.next('web 2', 'listening');
    servers.signal('manager 1', 'sighup');
    await restarted;
  },
  repair: ({ servers }) => {
    servers.signal('web 1', 'sigkill');
  },
};
