/** Whole fleets against one server: everyday pushes, everyone at once, many connections. */
import { errorsOf, playFleet, RunningFleet, type PlayedPart } from '../apparatus/fleet.ts';
import type { PartName } from '../fleet/report.ts';
import { openFilesLimit, temporaryFolder } from '../apparatus/files.ts';
import { startServer, tokenFile, type RunningServer } from '../apparatus/server.ts';
import { atMost, hostsOf, nothing, secondsOf, told, type BenchOptions, type Measure } from '../measure.ts';
import { join } from 'node:path';
import { lostAndDoubled } from './lost-events.ts';

const MB = 1_000_000;
/** What PERFORMANCE.md counts for an idle connection. */
const BYTES_PER_CONNECTION = 10_800;
const SOCKETS = 2_000;
const OTHER_SEED = '2';
const MOST_CORES = 0.6;

/** Of one server during one part. */
interface Load {
  readonly part: PlayedPart<number>['line'];
  readonly cpuSeconds: number;
  /** Share of one core. */
  readonly cores: number;
}

function loadOf(part: (name: PartName) => PlayedPart<number>, before: PartName | null, name: PartName): Load {
  const { line, sample } = part(name);
  const cpuSeconds = sample - (before === null ? 0 : part(before).sample);
  return { part: line, cpuSeconds, cores: cpuSeconds / line.seconds };
}

/** 100,000 hosts every 15 s, then all of them at once. */
export async function fleet(options: BenchOptions): Promise<readonly Measure[]> {
  const tokens = ['--enroll-token-file', tokenFile()];
  const server = await startServer(tokens);
  const common = ['--server', server.url, ...tokens, '--every', '15'];
  options.say('100,000 hosts: first contact, a minute at their pace, then all at once');
  const bystanders = new RunningFleet(
    [
      ...common,
      '--hosts',
      hostsOf(5_000, options),
      '--seed',
      OTHER_SEED,
      '--for',
      '1h',
      '--full-share',
      '0',
      '--change-share',
      '0',
    ],
    () => 0,
  );
  const memory: Measure[] = [];
  const sizes = ['--hosts', hostsOf(100_000, options), '--sockets', String(SOCKETS), '--for', secondsOf(60, options)];
  const part = await playFleet([...common, ...sizes, '--storm'], (name) => {
    if (name === 'steady') memory.push(...memoryOf(server));
    if (name !== 'fill') bystanders.mark();
    return server.process.cpuSeconds();
  });
  const others = await bystanders.end();
  await server.process.end();
  return [...everyday(loadOf(part, 'fill', 'steady')), ...memory, ...storm(part, others)];
}

function everyday({ part, cores }: Load): readonly Measure[] {
  const name = everyFifteen(part);
  return [
    pushesOf(part, name),
    atMost(`${name}, CPU`, MOST_CORES, cores, 'core', 2),
    atMost(`${name}, alive p99`, 50, part.byKind.alive?.p99Ms ?? NaN, 'ms'),
    told(`${name}, change p99`, `${part.byKind.change?.p99Ms ?? '–'} ms`),
    nothing(`${name}, errors`, errorsOf(part), Object.keys(part.errors).length === 0),
  ];
}

function everyFifteen({ hosts }: PlayedPart<number>['line']): string {
  return `${hosts.toLocaleString('en')} hosts every 15 s`;
}

/** A server that asks for a slower pace holds less than it should. */
function pushesOf({ hosts, perSecond }: PlayedPart<number>['line'], name: string): Measure {
  const least = Math.floor((0.98 * hosts) / 15);
  return { measure: `${name}, pushes a second`, bar: `≥ ${least}`, got: String(perSecond), holds: perSecond >= least };
}

function memoryOf({ process: server }: RunningServer): readonly Measure[] {
  const { residentBytes, anonymousBytes } = server.memory();
  const beside = (residentBytes - SOCKETS * BYTES_PER_CONNECTION) / MB;
  return [
    atMost('memory then, beside connections', 400, beside, 'MB', 0),
    told('of it not mapped from files', `${(anonymousBytes / MB).toFixed(0)} MB`),
  ];
}

/** @param others those who went on with signs of life: of their parts, the one that ended with the storm */
function storm(
  part: (name: PartName) => PlayedPart<number>,
  others: readonly PlayedPart<number>[],
): readonly Measure[] {
  const { part: line, cpuSeconds } = loadOf(part, 'steady', 'storm');
  const alive = others.filter(({ line: { part: name } }) => name === 'steady')[1]?.line.byKind.alive;
  return [
    told('first contact of all, server CPU', `${part('fill').sample.toFixed(1)} s`),
    atMost('all at once, server CPU', 25, cpuSeconds, 's'),
    atMost('all at once, alive p99 of others meanwhile', 250, alive?.p99Ms ?? NaN, 'ms'),
    told('all at once, until everyone is through', `${line.seconds} s, ${line.putOff} times put off`),
    nothing('all at once, errors', errorsOf(line), Object.keys(line.errors).length === 0),
  ];
}

/** 200,000 hosts every 15 s over 2,000 connections. */
export async function doubleFleet(options: BenchOptions): Promise<readonly Measure[]> {
  options.say('200,000 hosts: first contact, then a minute at their pace');
  const record = join(temporaryFolder(), 'events');
  const args = ['--hosts', hostsOf(200_000, options), '--sockets', String(SOCKETS), '--record', record];
  return held(everyFifteen, args, record, options);
}

/** One connection a host for 20,000 hosts. */
export async function sockets(options: BenchOptions): Promise<readonly Measure[]> {
  const wanted = options.isQuick ? 1_000 : 20_000;
  // Each side needs some files beside its connections.
  const count = Math.min(wanted, openFilesLimit() - 500);
  options.say(`${count} hosts with a connection each`);
  const record = join(temporaryFolder(), 'events');
  const args = ['--hosts', String(count), '--socket-per-host', '--sources', '127.0.0.2-127.0.0.9', '--record', record];
  const measures = await held(
    ({ hosts }) => `${hosts.toLocaleString('en')} hosts over as many sockets`,
    args,
    record,
    options,
  );
  if (count === wanted) return measures;
  return [...measures, told('more sockets', `the limit of open files allows ${count} of ${wanted}`)];
}

async function held(
  nameOf: (line: PlayedPart<number>['line']) => string,
  args: readonly string[],
  record: string,
  options: BenchOptions,
): Promise<readonly Measure[]> {
  const tokens = ['--enroll-token-file', tokenFile()];
  const server = await startServer(tokens);
  const common = ['--server', server.url, ...tokens, '--every', '15', '--for', secondsOf(60, options)];
  const part = await playFleet([...common, ...args], () => server.process.cpuSeconds());
  const { part: line, cores } = loadOf(part, 'fill', 'steady');
  const name = nameOf(line);
  const lost = await lostAndDoubled(server.url, record);
  await server.process.end();
  return [
    pushesOf(line, name),
    told(`${name}, CPU`, `${cores.toFixed(2)} core; the fleet's own ${(line.cpuSeconds / line.seconds).toFixed(2)}`),
    told(`${name}, alive p50 / p99`, `${line.byKind.alive?.p50Ms ?? '–'} / ${line.byKind.alive?.p99Ms ?? '–'} ms`),
    nothing(`${name}, errors`, errorsOf(line), Object.keys(line.errors).length === 0),
    nothing(`${name}, acknowledged events lost or doubled`, lost.text, lost.isNone),
  ];
}
