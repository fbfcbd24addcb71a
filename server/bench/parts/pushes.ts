/** What a sign of life costs, beside the least it can cost. */
import { playFleet } from '../apparatus/fleet.ts';
import { startFloor, startServer, tokenFile, type RunningServer } from '../apparatus/server.ts';
import { atMost, hostsOf, secondsOf, told, type BenchOptions, type Measure } from '../measure.ts';

const ROUNDS = 3;
const MOST_TIMES_FLOOR = 3;
const ONLY_ALIVE = ['--full-share', '0', '--change-share', '0', '--no-stretch'];

interface Load {
  readonly name: string;
  readonly args: readonly string[];
}

/** Floor and server take turns, so that what else the machine does meets both; the best round of each counts. */
export async function pushes(options: BenchOptions): Promise<readonly Measure[]> {
  const hosts = ['--hosts', hostsOf(2_000, options), '--for', secondsOf(7, options), ...ONLY_ALIVE];
  const pace = options.isQuick ? '0.015' : '0.3';
  const loads: readonly Load[] = [
    { name: 'at 6,667 a second', args: [...hosts, '--every', pace, '--sockets', options.isQuick ? '100' : '1000'] },
    { name: 'as fast as it goes', args: [...hosts, '--every', '0', '--sockets', '64'] },
  ];
  const measures: Measure[] = [];
  for (const load of loads) measures.push(...(await compared(load, options)));
  return measures;
}

async function compared({ name, args }: Load, { say }: BenchOptions): Promise<readonly Measure[]> {
  const tokens = ['--enroll-token-file', tokenFile()];
  const [floors, ours]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    say(`signs of life ${name}, round ${round + 1} of ${ROUNDS}`);
    floors.push(await cpuPerPush(await startFloor(), args));
    ours.push(await cpuPerPush(await startServer(tokens), [...args, ...tokens]));
  }
  const [floor, our] = [Math.min(...floors), Math.min(...ours)];
  return [
    told(`alive push ${name}, CPU of the floor`, `${floor.toFixed(1)} µs`),
    told(`alive push ${name}, CPU of the server`, `${our.toFixed(1)} µs`),
    atMost(`alive push ${name}, CPU ÷ floor`, MOST_TIMES_FLOOR, our / floor, '', 2),
  ];
}

async function cpuPerPush({ url, process: server }: RunningServer, args: readonly string[]): Promise<number> {
  const part = await playFleet(['--server', url, ...args], () => server.cpuSeconds());
  await server.end();
  const [fill, steady] = [part('fill'), part('steady')];
  return ((steady.sample - fill.sample) * 1e6) / steady.line.pushes;
}
