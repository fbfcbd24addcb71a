import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { Ending } from '../trial-postgres.ts';
import { Load } from './load.ts';
import type { Random } from './machine.ts';
import { Pages } from './pages.ts';
import { RoundRobin } from './round-robin.ts';
import { ServerProcess } from './server-process.ts';
import { judge, type Verdict } from './verdict.ts';

export interface InstancesOptions {
  readonly forMs: number;
  readonly killEveryMs: number;
  /** Pushes a second. */
  readonly rate: number;
  readonly machines: number;
  readonly changeShare: number;
  readonly random: Random;
  readonly tell: (line: string) => void;
}

export interface InstancesResult extends Verdict {
  readonly kills: number;
  readonly acknowledgedEvents: number;
  /** By what came back. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly refusals: readonly string[];
  readonly pages: { readonly asked: number; readonly again: number; readonly failures: readonly string[] };
  readonly stream: {
    readonly resumed: number;
    readonly resyncs: number;
    readonly longestSilenceMs: number;
    /** Machines that changed and that the stream never told of. */
    readonly untold: readonly string[];
  };
}

/** So many servers over that database, started. */
export async function instancesOver(ending: Ending, url: string, count: number): Promise<readonly ServerProcess[]> {
  const folder = mkdtempSync(join(tmpdir(), 'portlight-instances-'));
  ending.after(() => rm(folder, { recursive: true, force: true }));
  const servers: ServerProcess[] = [];
  for (let at = 0; at < count; at += 1) {
    const server = await ServerProcess.prepare(['--state-dir', join(folder, String(at)), '--store', url]);
    ending.after(() => server.kill9());
    servers.push(server);
  }
  await Promise.all(servers.map((server) => server.start()));
  return servers;
}

/** What must not be, all of it empty. */
export function faultsOf({ lost, doubled, otherListeners, refusals, pages, stream }: InstancesResult) {
  return { lost, doubled, otherListeners, refusals, failedPages: pages.failures, untold: stream.untold };
}

/** Down for this long, then started again. */
const DOWN_MS = 1_000;
const SETTLE_WITHIN_MS = 60_000;
/** The stream gathers changes for 250 ms and follows the other instances' with its heartbeat of 5 s. */
const TOLD_WITHIN_MS = 7_000;

/** Instances behind a proxy that takes them in turn; they are killed one after the other while machines push and pages are read. */
export async function killInstances(
  servers: readonly ServerProcess[],
  options: InstancesOptions,
): Promise<InstancesResult> {
  const proxy = await RoundRobin.open(servers.map(({ url }) => url));
  const load = new Load(proxy.url, options);
  try {
    await until('an event is acknowledged', () => load.acknowledgedEvents > 0);
    const pages = new Pages(proxy.url, load.machines[0]?.hostId ?? '');
    await until('the stream is open', () => pages.stream.isOpen);
    const before = eventsByMachine(load);
    const kills = await killInTurn(servers, options);
    await load.settle(SETTLE_WITHIN_MS);
    const changed = [...eventsByMachine(load)].filter(([id, count]) => count !== before.get(id)).map(([id]) => id);
    const untold = await untoldOf(pages, changed);
    await pages.close();
    const verdict = await judge(proxy.url, load.machines);
    return resultOf(kills, load, pages, { ...verdict, untold });
  } finally {
    load.stop();
    proxy.close();
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const from = performance.now();
  while (!holds()) {
    if (performance.now() - from > SETTLE_WITHIN_MS) throw new Error(`never came: ${what}`);
    await later(10);
  }
}

async function killInTurn(servers: readonly ServerProcess[], options: InstancesOptions): Promise<number> {
  const kills = Math.floor(options.forMs / options.killEveryMs);
  for (let kill = 0; kill < kills; kill += 1) {
    await later(options.killEveryMs - DOWN_MS);
    const victim = servers[kill % servers.length];
    await victim?.kill9();
    await later(DOWN_MS);
    const ms = await victim?.start();
    options.tell(`kill ${kill + 1}: back in ${Math.round(ms ?? 0)} ms`);
  }
  return kills;
}

function eventsByMachine({ machines }: Load): ReadonlyMap<string, number> {
  return new Map(machines.map(({ hostId, acknowledged }) => [hostId, acknowledged.length]));
}

async function untoldOf({ stream }: Pages, changed: readonly string[]): Promise<readonly string[]> {
  const latest = performance.now() + TOLD_WITHIN_MS;
  const untold = (): readonly string[] => (stream.resyncs > 0 ? [] : changed.filter((id) => !stream.told.has(id)));
  while (untold().length > 0 && performance.now() < latest) await later(20);
  return untold();
}

function resultOf(
  kills: number,
  load: Load,
  { asked, again, failures, stream }: Pages,
  { untold, ...verdict }: Verdict & { readonly untold: readonly string[] },
): InstancesResult {
  const { resumed, resyncs, longestSilenceMs } = stream;
  return {
    kills,
    acknowledgedEvents: load.acknowledgedEvents,
    outcomes: Object.fromEntries(load.outcomes),
    refusals: load.refusals,
    pages: { asked, again, failures },
    stream: { resumed, resyncs, longestSilenceMs, untold },
    ...verdict,
  };
}
