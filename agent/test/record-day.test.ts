/** What the recorder writes down of this machine is read back as it was seen. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Listener } from '../src/contract.ts';
import { openProcRoot } from '../src/proc/proc-root.ts';
import { createFullScanner } from '../src/scan/full-scanner.ts';
import { FORMAT, parseDay } from '../days/day-format.ts';
import { looksOf } from '../days/day-reader.ts';

const RECORDER = fileURLToPath(new URL('../days/record.ts', import.meta.url));
const WITHIN_MS = 40_000;

/** Of one port nobody else gets another address while the first one is held. */
const [FIRST, SECOND] = ['127.0.0.1', '127.0.0.2'];

async function listening(context: TestContext, address: string, port = 0) {
  const server = createServer().listen(port, address);
  context.after(() => server.close());
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** A recorder of this port, and how to wait for what it writes. */
function recorder(context: TestContext, port: number) {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'day.jsonl');
  const options = ['--every', '100', '--name', 'nobodys-business', '--rename', 'nobodys-business=neutral'];
  const args = [RECORDER, '--out', file, ...options, '--port', String(port)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'inherit', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  const text = () => readFileSync(file, 'utf8');
  const written = async (pattern: RegExp) => {
    const signal = AbortSignal.timeout(WITHIN_MS);
    while (!existsSync(file) || !pattern.test(text())) await pause(20, null, { signal });
  };
  return { child, text, written };
}

/** What moves neither by itself nor with the clock. */
const lasting = (listener: Listener) => ({
  ...listener,
  ...{ openedAt: null, connections: null, acceptQueue: 0 },
  holders: listener.holders.map((holder) => ({ ...holder, startedAt: null, state: 'S', fileDescriptors: null })),
});

/** Of one number another suite may have a port, too, on an address of its own. */
const own = (listeners: readonly Listener[]) =>
  listeners.filter(({ address }) => address === FIRST || address === SECOND);

suite('npm run record-day', () => {
  test('what was open before, opens, lasts and closes is read back as it was seen', async (context) => {
    const { port } = await listening(context, FIRST);
    const { child, text, written } = recorder(context, port);
    await written(/"address":"127.0.0.1"/);
    const { server } = await listening(context, SECOND, port);
    await written(/"address":"127.0.0.2"/);
    child.stdin.write('passes 3600\n');
    await written(/"passes":3600/);
    await once(server.close(), 'close');
    await written(/"closed"/);
    child.stdin.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);

    const day = parseDay(text());
    assert.equal(day.head.name, 'neutral');
    const looks = [...looksOf(day)];
    const scanner = createFullScanner({ root: openProcRoot('/proc'), etc: openProcRoot('/etc'), commandLines: true });
    const seen = own(scanner.scan(new Date()).listeners).filter((one) => one.port === port);
    assert.deepEqual(own(looks.at(0)?.listeners ?? []).map(lasting), seen.map(lasting));
    assert.equal(own(looks.at(0)?.listeners ?? [])[0]?.openedAt, null);
    const withSecond = looks.filter(({ listeners }) => listeners.some(({ address }) => address === SECOND));
    const [opened, last] = [withSecond[0]!, withSecond.at(-1)!];
    assert.equal(opened.listeners.find(({ address }) => address === SECOND)?.openedAt, opened.takenAt);
    assert.ok(Date.parse(last.takenAt) - Date.parse(opened.takenAt) > 3_500_000);
    const atEnd = own(looks.at(-1)?.listeners ?? []).map(({ address }) => address);
    assert.deepEqual(atEnd, [FIRST]);
  });
});

suite('the text of a day', () => {
  const head = JSON.stringify({ format: FORMAT });

  test('says which line is none', () => {
    assert.throws(() => parseDay('{}'), /no head of a day/);
    assert.throws(() => parseDay(`${head}\n{"at":`), /line 2 is not JSON/);
    assert.throws(() => parseDay(`${head}\n{"at":5}\n{"at":4}`), /line 3: at 4 comes after 5/);
    assert.throws(() => parseDay(`${head}\n{"opened":[]}`), /line 2: at undefined/);
  });
});
