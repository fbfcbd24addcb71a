import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** Where scripts/prometheus-tools.mjs puts them. */
const tool = (name: string) =>
  fileURLToPath(new URL(`../../node_modules/.cache/portlight-prometheus/${name}`, import.meta.url));
const PROMTOOL = tool('promtool');
const NODE_EXPORTER = tool('prometheus-node-exporter');

/** Why a test that wants them is skipped; false when they are there. */
export const toolsMissing = [PROMTOOL, NODE_EXPORTER].every((file) => existsSync(file))
  ? false
  : 'wants promtool and node_exporter: npm test takes them from Debian’s packages where apt-get is';

/** What `promtool check metrics` has against a text; nothing when all is well. */
export function faultsFoundByPromtool(text: string): string {
  const { status, stdout, stderr, error } = spawnSync(PROMTOOL, ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  if (error) throw error;
  return `${stdout}${stderr}${status === 0 ? '' : `exit code ${status ?? 'none'}`}`;
}

/** A real node_exporter that serves the textfiles of a folder and nothing else, ended with the test. Its URL. */
export async function nodeExporter(context: TestContext, folder: string): Promise<string> {
  const options = ['--collector.disable-defaults', '--collector.textfile', `--collector.textfile.directory=${folder}`];
  const child = spawn(NODE_EXPORTER, [...options, '--web.listen-address=127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  context.after(() => child.kill('SIGKILL'));
  for await (const line of createInterface(child.stderr)) {
    const address = /msg="Listening on" address=(\S+)/.exec(line)?.[1];
    if (address !== undefined) {
      child.stderr.resume();
      return `http://${address}/metrics`;
    }
  }
  throw new Error('node_exporter ended before it listened');
}
