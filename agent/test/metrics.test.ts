/** The metrics of a real agent, read by Prometheus' own tools. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HOSTILE_NAME, hostileProcess } from './hostile-process.ts';
import { faultsFoundByPromtool, nodeExporter, toolsMissing } from './prometheus-tools.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-metrics-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function runAgent(context: TestContext, args: readonly string[]) {
  const options = ['--listen', '127.0.0.1:0', '--state-dir', folderFor(context), ...args];
  const child = spawn(process.execPath, [MAIN, 'agent', ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
  context.after(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /listening on (http:\S+)/.exec(line.toString())?.[1];
  assert.ok(url, line.toString());
  return { child, url };
}

/** Asks again until the text is right. */
async function textOnce(url: string, isRight: (text: string) => boolean): Promise<string> {
  for (const end = Date.now() + 60_000; ;) {
    const text = await (await fetch(url)).text();
    if (isRight(text)) return text;
    assert.ok(Date.now() < end, text);
    await sleep(100);
  }
}

async function listening(context: TestContext, port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer().listen({ port, host: '127.0.0.1', reusePort: true });
  await once(server, 'listening');
  context.after(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

const seriesIn = (text: string) => text.split('\n').filter((line) => /^[^#]/.test(line));
const namesIn = (text: string) => seriesIn(text).map((line) => line.slice(0, line.lastIndexOf(' ')));
/** As the format writes it. */
const HOSTILE_LABEL = `program="${HOSTILE_NAME.replace(/[\\"]/g, '\\$&')}"`;

suite('metrics of a real agent', { skip: process.platform !== 'linux' }, () => {
  test('tell of listeners by name and place, twins once, services and a server that is away', async (context) => {
    const hostile = await hostileProcess(context, folderFor(context));
    const { port } = await listening(context);
    await listening(context, port);
    const gone = await listening(context);
    gone.server.close();
    const { url } = await runAgent(context, [
      ...['--expect', `web=127.0.0.1:${port}`, '--expect', `api=127.0.0.1:${gone.port}`],
      ...['--server', `http://127.0.0.1:${gone.port}`, '--metrics-max-listeners', '10000'],
    ]);
    const text = await textOnce(`${url}metrics`, (one) =>
      /push_requests_total\{result="unreachable"\} [1-9]/.test(one),
    );
    const names = namesIn(text);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
      'no series twice',
    );
    const at = (held: number) => `protocol="tcp",address="127.0.0.1",port="${held}"`;
    const infos = names.filter((name) => name.startsWith('portlight_listener_info'));
    assert.equal(infos.filter((name) => name.includes(at(port))).length, 1);
    assert.ok(infos.some((name) => name.includes(`${at(hostile.port)},${HOSTILE_LABEL}`)));
    assert.ok(seriesIn(text).includes('portlight_expected_up{service="web"} 1'));
    assert.ok(seriesIn(text).includes('portlight_expected_up{service="api"} 0'));
    assert.ok(seriesIn(text).includes('portlight_healthy 0'));
    assert.doesNotMatch(text, /[{,]pid=|\} -1$|NaN|last_success/m);
    if (toolsMissing === false) assert.equal(faultsFoundByPromtool(text), '');
    else context.diagnostic(toolsMissing);
  });

  test('a scan counts once, what opens and closes is counted', async (context) => {
    const { url } = await runAgent(context, ['--scan-every', '200ms']);
    const { server, port } = await listening(context);
    const valueOf = (text: string, name: string) =>
      Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? assert.fail(`no ${name}`));
    const opened = await textOnce(`${url}metrics`, (one) => one.includes(`port="${port}",program="node"`));
    assert.ok(valueOf(opened, 'portlight_listener_opened_total') >= 1);
    assert.match(opened, new RegExp(`^portlight_listener_opened_timestamp_seconds\\{[^}]*port="${port}"\\} \\d`, 'm'));
    const scans = valueOf(opened, 'portlight_scan_duration_seconds_count');
    server.close();
    const closed = await textOnce(`${url}metrics`, (one) => !one.includes(`port="${port}",program="node"`));
    assert.ok(valueOf(closed, 'portlight_listener_closed_total') >= 1);
    assert.ok(valueOf(closed, 'portlight_scan_duration_seconds_count') > scans);
  });

  test(
    'node_exporter serves the textfile, and no more once the agent has ended',
    { skip: toolsMissing },
    async (context) => {
      const hostile = await hostileProcess(context, folderFor(context));
      const folder = folderFor(context);
      const { child, url } = await runAgent(context, ['--textfile', folder]);
      const exporter = await nodeExporter(context, folder);
      const served = await textOnce(exporter, (text) => text.includes('portlight_build_info'));
      assert.match(served, /^node_textfile_scrape_error 0$/m);
      assert.match(served, /^node_textfile_mtime_seconds\{file="[^"]*portlight\.prom"\} /m);
      const infos = namesIn(served).filter((name) => name.startsWith('portlight_listener_info'));
      assert.ok(infos.some((name) => name.includes(`port="${hostile.port}"`) && name.includes(HOSTILE_LABEL)));
      // Those of listeners and findings come and go with what else runs here.
      const families = (text: string) =>
        new Set(text.match(/^# TYPE portlight_(?!listener_(?!opened_total|closed_total)|finding )\w+ \w+$/gm));
      assert.deepEqual(families(served), families(await (await fetch(`${url}metrics`)).text()));
      child.kill('SIGTERM');
      await once(child, 'exit');
      assert.deepEqual(readdirSync(folder), []);
      assert.doesNotMatch(await (await fetch(exporter)).text(), /portlight_/);
    },
  );

  test('a textfile that cannot be written is a reason in /healthz', async (context) => {
    const folder = join(folderFor(context), 'missing');
    const { url } = await runAgent(context, ['--textfile', folder]);
    const health = await textOnce(`${url}healthz`, (text) => text.includes('degraded'));
    assert.match(health, /the metrics' textfile is not written: ENOENT/);
    assert.match(await (await fetch(`${url}metrics`)).text(), /^portlight_healthy 0$/m);
  });
});
