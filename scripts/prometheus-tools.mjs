/** promtool and node_exporter for the agent's tests: taken out of Debian's packages, not installed. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PACKAGES = ['prometheus', 'prometheus-node-exporter'];
/** agent/test/prometheus-tools.ts looks for them there. */
const TOOLS = ['promtool', 'prometheus-node-exporter'];

const cacheIn = (modules) => join(modules, '.cache/portlight-prometheus');

export function hasPrometheusTools(modules) {
  return TOOLS.every((tool) => existsSync(join(cacheIn(modules), tool)));
}

/** Where it cannot be done, the tests that want them are skipped and say so. */
export function unpackPrometheusTools(modules, say) {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-prometheus-'));
  try {
    say('fetching promtool and node_exporter for the metrics tests (once, some seconds) …');
    if (!download(folder)) return say('apt-get could not fetch them: the tests that want them are skipped');
    for (const file of readdirSync(folder)) run(folder, 'dpkg-deb', '-x', file, 'unpacked');
    mkdirSync(cacheIn(modules), { recursive: true });
    for (const tool of TOOLS) copyFileSync(join(folder, 'unpacked/usr/bin', tool), join(cacheIn(modules), tool));
  } catch (error) {
    say(`promtool and node_exporter cannot be unpacked (${error.message}): the tests that want them are skipped`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A machine that never updated its lists knows no packages; only root may fetch them. */
function download(folder) {
  const isDownloaded = () => run(folder, 'apt-get', '-qq', 'download', ...PACKAGES);
  return isDownloaded() || (process.getuid?.() === 0 && run(folder, 'apt-get', '-qq', 'update') && isDownloaded());
}

function run(folder, command, ...args) {
  return spawnSync(command, args, { cwd: folder, stdio: 'ignore' }).status === 0;
}
