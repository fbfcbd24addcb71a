/** Servers that are where they belong, whatever it looks like. */
import { type Scenario, type Script, type Stage, web } from '../scenario.ts';

const RESTARTED = {
  lastsMs: 60_000,
  everyMs: 5_000,
  step: 'time from its start to its restart',
  reach: [0],
  expects: [],
} as const;

export const wildcard: Scenario = {
  ...RESTARTED,
  does: 'web listens on every interface, before a restart and after it.',
  play: (stage, script) => restart(stage, script, '--host', '0.0.0.0'),
};

export const mappedLoopback: Scenario = {
  ...RESTARTED,
  does: 'web is declared for 127.0.0.1, and after a restart it listens there by an IPv6 socket: ::ffff:127.0.0.1.',
  declares: (basePort) => [`mapped-loopback=127.0.0.1:${basePort}`],
  play: (stage, script) => restart(stage, script, '--host', '::ffff:127.0.0.1'),
};

export const rightHolder: Scenario = {
  ...RESTARTED,
  does: 'web holds the port that is declared for its executable and its user, before a restart and after it.',
  declares: (basePort) => [`right-holder=127.0.0.1:${basePort},exe=node,user=${process.getuid?.() ?? 0}`],
  play: (stage, script) => restart(stage, script),
};

export const alternative: Scenario = {
  ...RESTARTED,
  does: 'web is declared for one of two ports, and is on the second.',
  reach: [0, 1],
  declares: (basePort) => [`alternative=127.0.0.1:${basePort}|127.0.0.1:${basePort + 1}`],
  play: (stage, { basePort, everyMs }) => restart(stage, { basePort: basePort + 1, everyMs }),
};

export const quickRestart: Scenario = {
  ...RESTARTED,
  does: 'A declared service is away for a while, as a restart may take it.',
  everyMs: 20_000,
  step: 'how long it is away',
  declares: (basePort) => [`quick-restart=127.0.0.1:${basePort}`],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort));
    await servers.sendSigterm('web 1');
    await pause(everyMs);
    await servers.start(web(2, basePort));
  },
};

export const randomPort: Scenario = {
  ...RESTARTED,
  does: 'Beside its own port web opens another one each time it starts, whichever is free, as JMX does.',
  play: (stage, script) => restart(stage, script, '--random-port'),
};

export const upgraded: Scenario = {
  ...RESTARTED,
  does: 'web ends, an upgrade replaces its executable, and web starts again.',
  play: async ({ servers, workshop, pause }, { basePort, everyMs }) => {
    await servers.start({ ...web(1, basePort), executable: workshop.executable('webd') });
    await pause(everyMs);
    await servers.sendSigterm('web 1');
    await servers.start({ ...web(2, basePort), executable: workshop.executable('webd') });
  },
};

async function restart(
  { servers, pause }: Stage,
  { basePort, everyMs }: Script,
  ...args: readonly string[]
): Promise<void> {
  await servers.start(web(1, basePort, ...args));
  await pause(everyMs);
  await servers.sendSigterm('web 1');
  await servers.start(web(2, basePort, ...args));
}
