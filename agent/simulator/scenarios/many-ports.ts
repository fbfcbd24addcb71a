/** One process that holds many ports, and no more of them later. */
import { type Scenario, span, web } from '../scenario.ts';

const ADJOINING = 9;
const PROXIED = 12;
const FAR = 10;
/** Farther apart, two ports have nothing to do with each other. */
const SPREAD = 11;

export const ninePorts: Scenario = {
  does: `web opens ${ADJOINING} adjoining ports.`,
  lastsMs: 60_000,
  everyMs: 5_000,
  step: 'how long it is watched',
  reach: span(ADJOINING),
  expects: [],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort, '--listeners', String(ADJOINING)));
    await pause(everyMs);
  },
};

export const frontProxy: Scenario = {
  does: `A front proxy (its executable is called haproxy) opens ${PROXIED} adjoining ports, one for each service behind it.`,
  lastsMs: 60_000,
  everyMs: 5_000,
  step: 'how long it is watched',
  reach: span(PROXIED),
  expects: [],
  play: async ({ servers, workshop, pause }, { basePort, everyMs }) => {
    const executable = workshop.executable('haproxy');
    await servers.start({ ...web(1, basePort, '--listeners', String(PROXIED)), executable });
    await pause(everyMs);
  },
};

export const spreadPorts: Scenario = {
  does: `web opens ${FAR} ports, each ${SPREAD} after the one before.`,
  lastsMs: 60_000,
  everyMs: 5_000,
  step: 'how long it is watched',
  reach: span(FAR).map((index) => index * SPREAD),
  expects: [],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    await servers.start(web(1, basePort, '--listeners', String(FAR), '--spread', String(SPREAD)));
    await pause(everyMs);
  },
};
