/**
 * Makes a fresh clone ready and leaves a ready one alone: installs when the lockfile changed, bundles when a source changed,
 * finds the tests' browser and Prometheus' tools. Runs on whatever old Node the machine has; everything after it runs on the pinned one.
 *
 *   node scripts/bootstrap.mjs [--install-only | --tests]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser, installBrowser } from './browser.mjs';
import { hasPrometheusTools, unpackPrometheusTools } from './prometheus-tools.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(top, 'node_modules');
const lockStamp = join(modules, '.portlight-lock');
const buildStamp = join(modules, '.portlight-build');
const bundles = ['agent/dist/portlight.cjs', 'server/dist/portlight-server.js', 'web/dist/index.html'];

const say = (text) => process.stderr.write(`portlight: ${text}\n`);
const readStamp = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

function fail(text) {
  say(text);
  process.exit(1);
}

/** npm puts node_modules/.bin first on PATH; `npm ci` deletes what is there, the running Node included. */
const pathWithoutModules = () =>
  (process.env.PATH ?? '')
    .split(':')
    .filter((folder) => !folder.includes(`${sep}node_modules`))
    .join(':');

function run(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: top, stdio: ['ignore', 2, 2], env });
  if (error) fail(`${command} did not start: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** npm as it was called, or the one on PATH when this file was called by hand. */
function npm(args, env) {
  const script = process.env.npm_execpath;
  return script ? run(process.execPath, [script, ...args], env) : run('npm', args, env);
}

function againOnOutsideNode() {
  const env = { ...process.env, PATH: pathWithoutModules() };
  const { status, error } = spawnSync('node', process.argv.slice(1), { cwd: top, stdio: 'inherit', env });
  if (error)
    fail(
      'the lockfile changed and Node is only found in node_modules; install any Node ≥ 20 and npm 11, then try again',
    );
  process.exit(status ?? 1);
}

function install() {
  const wanted = sha256(readFileSync(join(top, 'package-lock.json')));
  if (readStamp(lockStamp) === wanted) return;
  if (process.execPath.startsWith(modules + sep)) againOnOutsideNode();
  say('installing dependencies (about 20 s) …');
  npm(['ci', '--loglevel=error'], { ...process.env, PATH: pathWithoutModules() });
  writeFileSync(lockStamp, wanted);
}

/** Path, size and time of everything a bundle is made of. */
function sourcesIn(folder) {
  return readdirSync(join(top, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    if (entry.isDirectory()) return sourcesIn(path);
    const { size, mtimeMs } = statSync(join(top, path), { throwIfNoEntry: false }) ?? {};
    return [`${path} ${size} ${mtimeMs}`];
  });
}

function build() {
  const packages = ['agent', 'server', 'web'];
  const files = packages.flatMap((name) => [join(name, 'package.json'), ...sourcesIn(join(name, 'src'))]);
  const wanted = sha256([readStamp(lockStamp), ...files].join('\n'));
  if (readStamp(buildStamp) === wanted && bundles.every((file) => existsSync(join(top, file)))) return;
  say('building agent, server and web (about 10 s) …');
  // Compiled tests of a deleted source would still be run.
  rmSync(join(top, 'server/dist/tsc'), { recursive: true, force: true });
  npm(['run', '--silent', 'build', '--workspaces']);
  writeFileSync(buildStamp, wanted);
}

const mode = process.argv[2];
install();
if (mode !== '--install-only') build();
if (mode === '--tests' && !findBrowser()) installBrowser(say, fail);
if (mode === '--tests' && !hasPrometheusTools(modules)) unpackPrometheusTools(modules, say);
