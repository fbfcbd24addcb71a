import { RUNG_MS, type Scenario, span } from '../scenario.ts';

const SESSIONS = 4;

export const sshForward: Scenario = {
  does: `${SESSIONS} sshd of sessions with X11 forwarding, each on the next port.`,
  lastsMs: 60_000,
  everyMs: RUNG_MS,
  step: 'time between two logins',
  reach: span(SESSIONS),
  expects: [],
  play: async ({ servers, workshop, pause }, { basePort, everyMs }) => {
    const executable = workshop.executable('sshd');
    for (const session of span(SESSIONS)) {
      if (session > 0) await pause(everyMs);
      const args = ['--next-port-when-taken', '--title', `sshd: ada@pts/${session}`];
      await servers.start({ name: `sshd ${session + 1}`, script: 'web.ts', port: basePort, args, executable });
    }
  },
};
