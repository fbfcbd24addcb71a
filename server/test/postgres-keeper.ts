import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as later } from 'node:timers/promises';
import { Client } from 'pg';
import { packageFolder } from '../src/config.ts';
import { freePort } from './free-port.ts';
import {
  ENVIRONMENT,
  IDENTITY,
  installPostgres,
  PASSWORD,
  type PostgresMajor,
  temporaryRoot,
  USER,
} from './postgres-software.ts';

const LONGEST_MS = 60_000;
const ASK_EVERY_MS = 20;

/** A PostgreSQL of its own in a temporary folder; it goes with this process, even when this process is killed. */
export class PostgresKeeper {
  private readonly keeper: ChildProcess;
  private readonly answers: Interface;
  private readonly folder: string;
  private readonly port: number;

  private constructor(keeper: ChildProcess, answers: Interface, folder: string, port: number) {
    this.keeper = keeper;
    this.answers = answers;
    this.folder = folder;
    this.port = port;
  }

  /** With an empty database called postgres; not yet started. `options` are PostgreSQL's own. */
  static async prepare(major: PostgresMajor, options: readonly string[] = []): Promise<PostgresKeeper> {
    const folder = mkdtempSync(join(temporaryRoot(), 'portlight-postgres-'));
    await installPostgres(major, folder);
    const port = await freePort();
    const keeper = spawn(join(packageFolder(), 'test', 'keep-postgres.sh'), [folder, String(port), ...options], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: ENVIRONMENT,
      // Ctrl-C is for the test; the keeper still has to clean up.
      detached: true,
      ...IDENTITY,
    });
    // It waits for this process, never the other way round.
    keeper.unref();
    for (const end of [keeper.stdin, keeper.stdout]) if (end instanceof Socket) end.unref();
    return new PostgresKeeper(keeper, createInterface(keeper.stdout), folder, port);
  }

  urlOf(database: string): string {
    return `postgres://${USER}:${PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }

  /** Answers its pid once it takes connections. */
  async start(): Promise<number> {
    const pid = Number(await this.tell('start'));
    const until = performance.now() + LONGEST_MS;
    while (!(await answers(this.urlOf('postgres')))) {
      if (performance.now() > until) throw new Error(`PostgreSQL did not start:\n${this.log()}`);
      await later(ASK_EVERY_MS);
    }
    return pid;
  }

  /** Connections are cut, what is committed is kept. */
  async stop(): Promise<void> {
    await this.tell('stop');
  }

  /** As when its machine loses power: all of its processes at once. */
  async kill9(): Promise<void> {
    await this.tell('kill');
  }

  /** The server ends and its folder goes. */
  async end(): Promise<void> {
    const ended = once(this.keeper, 'exit');
    this.keeper.ref();
    this.keeper.stdin?.end();
    await ended;
  }

  log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8').split('\n').slice(-30).join('\n');
  }

  private async tell(word: 'start' | 'stop' | 'kill'): Promise<string> {
    const answer = once(this.answers, 'line', { signal: AbortSignal.timeout(LONGEST_MS) });
    // The signal's timer keeps nothing alive; a test that waits for the answer does.
    const alive = setTimeout(() => undefined, LONGEST_MS);
    this.keeper.stdin?.write(`${word}\n`);
    try {
      const [line] = (await answer) as [string];
      return line;
    } finally {
      clearTimeout(alive);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}
