/** `npm start`: the aggregator and an agent for this very machine, both with their own options from the environment. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTogether } from './processes.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const env = process.env;
const serverListen = env.PORTLIGHT_SERVER_LISTEN ?? '127.0.0.1:9621';
const agentListen = env.PORTLIGHT_AGENT_LISTEN ?? '127.0.0.1:9620';
const scheme = env.PORTLIGHT_SERVER_TLS_CERT_FILE ? 'https' : 'http';

const stateDir = (name, given) => {
  const folder = given ?? join(top, '.portlight', name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
};

const server = {
  command: join(top, 'server/bin/portlight-server'),
  args: [],
  env: { PORTLIGHT_SERVER_STATE_DIR: stateDir('server', env.PORTLIGHT_SERVER_STATE_DIR) },
};
const agent = {
  command: join(top, 'agent/bin/portlight'),
  args: ['agent'],
  env: {
    PORTLIGHT_AGENT_STATE_DIR: stateDir('agent', env.PORTLIGHT_AGENT_STATE_DIR),
    PORTLIGHT_AGENT_SERVER: env.PORTLIGHT_AGENT_SERVER ?? `${scheme}://${serverListen}`,
  },
};
const demo = {
  command: process.execPath,
  args: [join(top, 'agent/simulator/main.ts'), 'ladder', '--for', '1h'],
  mayEnd: true,
};

process.stdout.write(`
  this machine  http://${agentListen}/
  the fleet     ${scheme}://${serverListen}/

`);
const programs = process.argv.includes('--demo') ? [server, agent, demo] : [server, agent];
process.exitCode = await runTogether(programs);
