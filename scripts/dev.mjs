/** `npm run dev`: everything from source, started again on a change; pages by Vite with hot reload. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTogether } from './processes.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(top, 'node_modules/.bin', name);
const state = (name) => {
  const folder = join(top, '.portlight', name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
};

process.exitCode = await runTogether([
  { command: bin('rolldown'), args: ['--config', '--watch'], cwd: join(top, 'server') },
  {
    command: process.execPath,
    args: ['--watch', '--watch-preserve-output', join(top, 'server/dist/portlight-server.js')],
    env: { PORTLIGHT_SERVER_STATE_DIR: state('server') },
  },
  {
    command: process.execPath,
    args: ['--watch', '--watch-preserve-output', join(top, 'agent/src/main.ts'), 'agent'],
    env: { PORTLIGHT_AGENT_STATE_DIR: state('agent'), PORTLIGHT_AGENT_SERVER: 'http://127.0.0.1:9621' },
  },
  { command: bin('vite'), args: [], cwd: join(top, 'web') },
]);
