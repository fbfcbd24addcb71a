/** `npm test`: every test of every package, on the pinned Node. Arguments, if any, are the files to run instead. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const all = [
  'agent/src/**/*.test.ts',
  'agent/test/**/*.test.ts',
  'agent/simulator/**/*.test.ts',
  // Nest's decorators are no erasable syntax: the server's tests run as tsc compiled them.
  'server/dist/tsc/**/*.test.js',
  'web/src/**/*.test.ts',
  'web/e2e/**/*.test.ts',
  'scripts/**/*.test.mjs',
];

/** A test file that cannot end is a fault of its own and must not hold up whoever waits. */
const LONGEST_MS = 15 * 60_000;

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: top, stdio: 'inherit', timeout: LONGEST_MS });
  if (status !== 0) process.exit(status ?? 1);
}

const chosen = process.argv.slice(2);
run([join(top, 'node_modules/typescript/bin/tsc'), '-b', 'server']);
run([
  '--enable-source-maps',
  '--test',
  '--test-concurrency=2',
  '--test-timeout=120000',
  ...(chosen.length > 0 ? chosen : all),
]);
