import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { claimBasePort } from './free-ports.ts';
import { scenarios } from './scenarios.ts';
import { MAIN } from './simulation.ts';

const faulty = [
  { args: [], says: /no scenario: expected one of stale, ladder, cycle, .*, sawtooth, all\n/ },
  { args: ['calm'], says: /scenario "calm": expected one of stale, ladder, cycle, / },
  { args: ['stale', 'ladder'], says: /scenario "stale ladder": expected one of/ },
  { args: ['stale', '--speed', '3'], says: /'--speed'/ },
  { args: ['stale', '--base-port'], says: /'--base-port <value>' argument missing/ },
  { args: ['stale', '--base-port', '80'], says: /--base-port: expected a port from 1024 to 65534, got "80"/ },
  { args: ['ladder', '--base-port', '65530'], says: /--base-port: expected a port from 1024 to 65516, got "65530"/ },
  {
    args: ['stale', '--for', '10'],
    says: /--for: expected a time from 1s to 24h, as in 500ms, 4s, 2m or 1h, got "10"/,
  },
  { args: ['stale', '--every', '11m'], says: /--every: expected a time from 10ms to 10m, .* got "11m"/ },
  { args: ['stale', '--every', '1ms', '--for', 'x'], says: /--every: .*\n.*--for: / },
  { args: ['stale', '--only', 'ladder'], says: /--only: not with stale/ },
  { args: ['all', '--base-port', '3000', '--every', '1s'], says: /--base-port: not with all\n.*--every: not with all/ },
  { args: ['all', '--only', 'stale,calm'], says: /scenario "calm": expected one of stale, / },
  { args: ['all', '--within', '10ms'], says: /--within: expected a time from 1s to 1m, .* got "10ms"/ },
];

for (const { args, says } of faulty) {
  test(`"${args.join(' ')}" is refused with what was expected and where to read on`, async () => {
    const { exitCode, stdout, stderr } = await command(args);
    assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: '' });
    assert.match(stderr, says);
    assert.match(stderr, /See npm run simulate -- --help\n$/);
  });
}

test('--help names every scenario and every option', async () => {
  const { exitCode, stdout, stderr } = await command(['--help']);
  assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
  const options = ['--base-port', '--every', '--for', '--json', '--only', '--within', '--help'];
  for (const word of [...scenarios.keys(), 'all', ...options]) {
    assert.ok(stdout.includes(`  ${word} `), word);
  }
});

test('a port that is taken is named with the remedy, and nothing is started', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const { exitCode, stdout, stderr } = await command(['stale', '--base-port', String(port - 1)]);
  assert.deepEqual({ exitCode, stdout }, { exitCode: 1, stdout: '' });
  assert.match(stderr, new RegExp(`stale needs ports .*${port} on 127.0.0.1, which cannot be opened`));
  assert.match(stderr, /ss -Htanp 'sport = :\d+'.*--base-port/);
  holder.close();
});

test('the text says the same moments as aligned lines', async () => {
  const { exitCode, stdout } = await command([
    'stale',
    '--for',
    '5s',
    '--every',
    '10ms',
    '--base-port',
    String(await claimBasePort()),
  ]);
  assert.equal(exitCode, 0);
  const lines = stdout.trimEnd().split('\n');
  const columns = /^ *\+\d+\.\d{3} s {2}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z {2}(\S+)/;
  assert.deepEqual(
    lines.slice(0, 7).map((line) => columns.exec(line)?.[1]),
    ['begun', 'started', 'listening', 'sigterm-sent', 'sigterm-ignored', 'started', 'listening'],
  );
  const pidColumns = lines.filter((line) => line.includes('pid ')).map((line) => line.indexOf('pid '));
  assert.equal(new Set(pidColumns).size, 1);
});

async function command(args: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { exitCode, stdout, stderr };
}
