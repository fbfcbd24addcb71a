/**
 * What an agent costs at rest, with an aggregator that answers and with none, and where a port opens or closes each second:
 * a table and a JSON line. `node bench/rest.ts 60`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type AgentCost, type Snapshot } from '../src/contract.ts';

const SECONDS = Number(process.argv[2] ?? 60);
const LAUNCHER = process.argv[3] ?? fileURLToPath(new URL('../bin/portlight', import.meta.url));
/** The first looks cost more than the agent's life. */
const WARM_UP_MS = 10_000;

const aggregator = createHttpServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  request.resume().on('end', () => {
    const answer = {
      accepted: true,
      needFull: false,
      aliveEverySeconds: 15,
      serverTime: new Date(),
      expectations: null,
    };
    response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
}).listen(0, '127.0.0.1');
await once(aggregator, 'listening');
const answering = `http://127.0.0.1:${(aggregator.address() as AddressInfo).port}`;
/** Nothing listens there. */
const AWAY = 'http://127.0.0.1:9';

interface Agent {
  readonly cost: () => Promise<AgentCost>;
  readonly end: () => Promise<void>;
}

async function startAgent(server: string): Promise<Agent> {
  const state = mkdtempSync(join(tmpdir(), 'portlight-rest-'));
  const args = ['agent', '--listen', '127.0.0.1:0', '--state-dir', state, '--server', server];
  const child = spawn(LAUNCHER, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /listening on (http:\S+)/.exec(line.toString())?.[1] ?? '';
  return {
    // Nothing listens on port 1: the answer is short.
    cost: async () => ((await (await fetch(`${url}ports/1`)).json()) as Snapshot).agent.cost,
    end: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
      rmSync(state, { recursive: true, force: true });
    },
  };
}

/** Opens a port and closes it, a second each, until told to stop. */
function blink(): () => void {
  let server = createServer();
  const timer = setInterval(() => {
    if (server.listening) server.close();
    else server = createServer().listen(0, '127.0.0.1');
  }, 1000);
  return () => {
    clearInterval(timer);
    server.close();
  };
}

async function measured(name: string, server: string) {
  const agent = await startAgent(server);
  await sleep(WARM_UP_MS);
  const before = await agent.cost();
  await sleep(SECONDS * 1000);
  const after = await agent.cost();
  await agent.end();
  const percent = ((after.cpuSeconds - before.cpuSeconds) / SECONDS) * 100;
  return { name, percent, scans: after.scans - before.scans, residentMb: after.residentBytes / 2 ** 20 };
}

// Side by side: all see the same machine in the same minute.
const rows = await Promise.all([
  measured('at rest, aggregator answers', answering),
  measured('at rest, aggregator away', AWAY),
]);
const stopBlinking = blink();
const blinking = await Promise.all([
  measured('a port a second, aggregator answers', answering),
  measured('a port a second, aggregator away', AWAY),
]);
stopBlinking();
for (const { name, percent, scans, residentMb } of [...rows, ...blinking]) {
  process.stdout.write(
    `${name.padEnd(36)} ${percent.toFixed(3)} % of a core, ${scans} scans, ${residentMb.toFixed(1)} MB\n`,
  );
}
process.stdout.write(`${JSON.stringify([...rows, ...blinking])}\n`);
aggregator.closeAllConnections();
aggregator.close();
