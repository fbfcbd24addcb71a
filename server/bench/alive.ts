/**
 * What a sign of life costs the aggregator: machines push in full once, then `alive` over kept connections. The server is the
 * bundle, with a store of its own. A table of rounds, and a JSON line. No timed test.
 *
 *     node server/bench/alive.ts [machines] [connections] [pushes a round] [services declared for every machine]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PushAnswer } from '@portlight/agent/contract';
import { alive, fullOf } from '../test/bodies.ts';

const [machines = 2_000, connections = 32, pushes = 40_000, services = 0] = process.argv.slice(2).map(Number);
const ROUNDS = 5;
/** Of /proc/PID/stat: a hundredth of a second on every Linux machine. */
const TICK_US = 10_000;

const names = Array.from({ length: machines }, (_, at) => `machine-${String(at).padStart(6, '0')}`);
const kept = new Agent({ keepAlive: true, maxSockets: connections });

function send(method: 'POST' | 'PUT', url: string, body: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json' };
    const sent = request(url, { method, agent: kept, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        const isGood = response.statusCode === 202 || response.statusCode === 200;
        if (isGood) resolve(Buffer.concat(chunks).toString());
        else reject(new Error(`answered ${response.statusCode ?? 'nothing'}`));
      });
    });
    sent.once('error', reject).end(JSON.stringify(body));
  });
}

/** What each machine tells it was handed. */
const versions = new Map<string, string>();

async function pushFull(url: string, hostId: string): Promise<void> {
  const answer = JSON.parse(await send('POST', `${url}/api/v1/push`, fullOf(hostId, hostId))) as PushAnswer;
  if (answer.expectations) versions.set(hostId, answer.expectations.version);
}

async function pushAlive(url: string, hostId: string, sequence: number): Promise<void> {
  const expectationsVersion = versions.get(hostId);
  const told = expectationsVersion === undefined ? {} : { expectationsVersion };
  await send('POST', `${url}/api/v1/push`, { ...alive({ hostId, sequence }), ...told });
}

async function declare(url: string): Promise<void> {
  const declared = Array.from({ length: services }, (_, at) => ({
    name: `s${at}`,
    places: [`127.0.0.1:${1_024 + at}`],
  }));
  await send('PUT', `${url}/api/v1/expectations`, { format: 1, services: declared });
}

/** Each connection sends its next push when the one before is answered. */
async function eachOf(count: number, work: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
}

function nameOf(at: number): string {
  return names[at % machines] ?? '';
}

function cpuMicroseconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

async function round(url: string, server: ChildProcess, number: number) {
  const [before, begun] = [cpuMicroseconds(server), performance.now()];
  const sequence = number + 2;
  await eachOf(pushes, (at) => pushAlive(url, nameOf(at), sequence + at));
  const perSecond = pushes / ((performance.now() - begun) / 1_000);
  return { perSecond: Math.round(perSecond), cpuUs: (cpuMicroseconds(server) - before) / pushes };
}

async function urlOf(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error('the server has no output');
  for await (const line of createInterface(server.stdout)) {
    const url = /listening on (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('the server did not start: npm run build -w server');
}

const folder = mkdtempSync(join(tmpdir(), 'portlight-bench-'));
const bundle = new URL('../dist/portlight-server.js', import.meta.url).pathname;
const options = ['--listen', '127.0.0.1:0', '--state-dir', folder, '--log-level', 'error'];
const server = spawn(process.execPath, [bundle, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const url = await urlOf(server);
  if (services > 0) await declare(url);
  await eachOf(machines, (at) => pushFull(url, nameOf(at)));
  const rounds = [];
  for (let number = 0; number < ROUNDS; number += 1) {
    const { perSecond, cpuUs } = await round(url, server, number);
    rounds.push({ perSecond, cpuUs });
    process.stdout.write(`${perSecond} alive pushes a second, ${cpuUs.toFixed(1)} µs of the server's CPU each\n`);
  }
  const leastCpuUs = Math.min(...rounds.map(({ cpuUs }) => cpuUs));
  process.stdout.write(`${JSON.stringify({ machines, connections, pushes, services, leastCpuUs, rounds })}\n`);
} finally {
  kept.destroy();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
