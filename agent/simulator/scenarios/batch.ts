import { REPLACED_AFTER_MS, type Scenario, span } from '../scenario.ts';

const INSTANCES = 3;

export const batch: Scenario = {
  does: `A process manager starts ${INSTANCES} instances of web on adjoining ports at once, and restarts each in its place.`,
  lastsMs: 60_000,
  everyMs: REPLACED_AFTER_MS,
  step: 'time from the start to the restart',
  reach: span(INSTANCES),
  expects: [],
  play: async ({ servers, pause }, { basePort, everyMs }) => {
    const names = span(2 * INSTANCES).map((index) => `web ${index + 1}`);
    const serve = names.map((name) => servers.next(name, 'listening'));
    const apps = Array.from({ length: INSTANCES }, () => 'web').join();
    servers.launch({ name: 'manager 1', script: 'manager.ts', port: basePort, args: ['--apps', apps] });
    await Promise.all(serve.slice(0, INSTANCES));
    await pause(everyMs);
    servers.signal('manager 1', 'sighup');
    await Promise.all(serve);
  },
};
