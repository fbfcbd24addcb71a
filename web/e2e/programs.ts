import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const PROJECT = resolve(import.meta.dirname, '../..');

/** A program of this project as people start it, ended by its pid. */
export interface Program {
  readonly pid: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Where a test's server and agent listen and keep their state. */
export interface Places {
  readonly serverPort: number;
  readonly agentPort: number;
  readonly stateDir: string;
}

export function startServer({ serverPort, stateDir }: Places, options: readonly string[] = []): Promise<Program> {
  return start('server/bin/portlight-server', [
    '--listen',
    `127.0.0.1:${serverPort}`,
    '--state-dir',
    `${stateDir}/server`,
    ...options,
  ]);
}

export function startAgent(
  { serverPort, agentPort, stateDir }: Places,
  name: string,
  options: readonly string[] = [],
): Promise<Program> {
  const server = `http://127.0.0.1:${serverPort}`;
  const places = [
    '--server',
    server,
    '--listen',
    `127.0.0.1:${agentPort}`,
    '--state-dir',
    `${stateDir}/agent`,
    '--name',
    name,
  ];
  return start('agent/bin/portlight', ['agent', ...places, ...options]);
}

/** Ready when it has printed its address. */
async function start(launcher: string, args: readonly string[]): Promise<Program> {
  const child = spawn(resolve(PROJECT, launcher), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${launcher} ended before it was ready: ${errors.join('')}`);
  });
  await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  ended.catch(() => undefined);
  return { pid: child.pid ?? 0, stop: (signal = 'SIGTERM') => stop(child, signal) };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** A port free a moment ago, below those that outgoing connections take at any moment. */
export function freePort(): Promise<number> {
  return freePorts(1);
}

/** A listener of this process on a port below the ephemeral range, where services live. */
export async function listenAsService(): Promise<{ readonly port: number; readonly server: Server }> {
  for (let port = 20_000 + Math.floor(Math.random() * 10_000); port < 32_000; port += 1) {
    try {
      // A test that fails before it closes it must still end.
      return { port, server: (await listen(port)).unref() };
    } catch {
      // Taken by another program: the next one is as good.
    }
  }
  throw new Error('No port is free from 20000 to 32000.');
}

/** The first of `length` ports that were free a moment ago, where services live. */
export async function freePorts(length: number): Promise<number> {
  for (let first = 20_000 + Math.floor(Math.random() * 10_000); first < 32_000; first += length) {
    const servers: Server[] = [];
    try {
      for (let port = first; port < first + length; port += 1) servers.push(await listen(port));
      return first;
    } catch {
      // One is taken by another program: the next ones are as good.
    } finally {
      await Promise.all(servers.map(close));
    }
  }
  throw new Error('No ports are free from 20000 to 32000.');
}

export async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
