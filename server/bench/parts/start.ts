/** From the start of the process until it listens. */
import { startServer } from '../apparatus/server.ts';
import { atMost, told, type BenchOptions, type Measure } from '../measure.ts';

const STARTS = 10;
const MOST_MS = 250;

export async function start({ say }: BenchOptions): Promise<readonly Measure[]> {
  say(`${STARTS} starts`);
  const times: number[] = [];
  for (let number = 0; number < STARTS; number += 1) {
    const server = await startServer();
    times.push(server.readyAfterMs);
    await server.process.end();
  }
  times.sort((a, b) => a - b);
  const median = ((times[STARTS / 2 - 1] ?? NaN) + (times[STARTS / 2] ?? NaN)) / 2;
  return [
    atMost('start to ready, median of 10', MOST_MS, median, 'ms', 0),
    told(
      'start to ready, fastest and slowest',
      `${(times[0] ?? NaN).toFixed(0)} and ${(times.at(-1) ?? NaN).toFixed(0)} ms`,
    ),
  ];
}
