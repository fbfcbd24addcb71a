/** A real agent beside a process that opens and closes a thousand ports a second, and what it costs meanwhile. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AgentCost, type Happenings, type Snapshot } from '../src/contract.ts';

const LAUNCHER = fileURLToPath(new URL('../bin/portlight', import.meta.url));
const CHURNER = new URL('churner.ts', import.meta.url);

export interface Churned {
  readonly cost: () => Promise<AgentCost>;
  readonly snapshot: () => Promise<Snapshot>;
  readonly happenings: () => Promise<Happenings>;
  readonly fetch: (path: string) => Promise<Response>;
  /** What the agent wrote to its standard error. */
  readonly log: () => string;
  /** What the other process did so far. */
  readonly churn: () => { readonly opened: number; readonly refused: number };
  readonly end: () => Promise<void>;
}

/** Its aggregator does not answer, so that events wait for it. */
export async function churnedAgent(): Promise<Churned> {
  const state = mkdtempSync(join(tmpdir(), 'portlight-churn-'));
  const server = `http://127.0.0.1:${await unusedPort()}`;
  const args = ['agent', '--listen', '127.0.0.1:0', '--state-dir', state, '--server', server];
  const agent = spawn(LAUNCHER, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  agent.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const [line] = (await once(agent.stdout, 'data')) as [Buffer];
  const url = /listening on (http:\S+)/.exec(line.toString())?.[1] ?? '';
  const churner = fork(CHURNER);
  let counts = { opened: 0, refused: 0 };
  churner.on('message', (told) => (counts = told as typeof counts));
  const ask = async <T>(path: string) => (await (await fetch(`${url}${path}`)).json()) as T;
  return {
    // Nothing listens on port 1: the answer is short.
    cost: async () => (await ask<Snapshot>('ports/1')).agent.cost,
    snapshot: () => ask<Snapshot>('ports'),
    happenings: () => ask<Happenings>('events'),
    fetch: (path) => fetch(`${url}${path}`),
    log: () => log,
    churn: () => counts,
    end: async () => {
      for (const child of [churner, agent]) {
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
      rmSync(state, { recursive: true, force: true });
    },
  };
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
