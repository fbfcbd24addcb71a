/** One, two and three instances over one PostgreSQL. */
import { trialDatabase, TRIAL_KINDS } from '../../test/trial-postgres.ts';
import { errorsOf, playFleet } from '../apparatus/fleet.ts';
import { startServer, tokenFile, type RunningServer } from '../apparatus/server.ts';
import { atMost, hostsOf, nothing, secondsOf, told, type BenchOptions, type Measure } from '../measure.ts';

const INSTANCES = [1, 2, 3] as const;
const MOST_TIMES_ONE = 1.2;

interface Run {
  readonly measures: readonly Measure[];
  /** CPU of the dearest instance for each of its pushes. */
  readonly microseconds: number;
}

export async function postgres(options: BenchOptions): Promise<readonly Measure[]> {
  const endings: (() => Promise<void>)[] = [];
  const [kind] = TRIAL_KINDS;
  if (kind === undefined) return [told('PostgreSQL', 'not installed')];
  const measures: Measure[] = [];
  const costs: number[] = [];
  for (const count of INSTANCES) {
    options.say(`PostgreSQL, ${count} of 3 instances`);
    const url = await trialDatabase({ after: (work) => endings.push(work) }, kind);
    const run = await runOf(count, url, options);
    measures.push(...run.measures);
    costs.push(run.microseconds);
  }
  for (const end of endings) await end();
  const [one = NaN] = costs;
  const three = costs.at(-1) ?? NaN;
  return [
    ...measures,
    atMost('PostgreSQL, CPU per push with 3 instances ÷ with 1', MOST_TIMES_ONE, three / one, '', 2),
  ];
}

/** Each instance has as many hosts whatever their number; then as much as they can take. */
async function runOf(count: number, store: string, options: BenchOptions): Promise<Run> {
  const tokens = ['--enroll-token-file', tokenFile()];
  const servers: RunningServer[] = [];
  for (let number = 0; number < count; number += 1) servers.push(await startServer(['--store', store, ...tokens]));
  const urls = servers.map(({ url }) => url).join(',');
  const cpu = (): readonly number[] => servers.map(({ process: server }) => server.cpuSeconds());
  const hosts = String(Number(hostsOf(10_000, options)) * count);
  const common = ['--server', urls, ...tokens];
  const paced = ['--hosts', hosts, '--every', '15', '--for', secondsOf(20, options)];
  const part = await playFleet([...common, ...paced], cpu);
  const hasty = ['--hosts', hostsOf(2_000, options), '--seed', '2', '--every', '0', '--sockets', '96'];
  const fast = await playFleet([...common, ...hasty, '--for', secondsOf(8, options)], cpu);
  for (const server of servers) await server.process.end();
  const [before, { line, sample }] = [part('fill').sample, part('steady')];
  const dearest = Math.max(...sample.map((seconds, at) => seconds - (before[at] ?? 0)));
  const microseconds = (dearest * 1e6) / (line.pushes / count);
  const name = `PostgreSQL, ${count} ${count === 1 ? 'instance' : 'instances'}`;
  return {
    microseconds,
    measures: [
      told(`${name}, CPU of an instance per push`, `${microseconds.toFixed(0)} µs at ${line.perSecond} a second`),
      told(`${name}, throughput`, `${fast('steady').line.perSecond} pushes a second`),
      nothing(`${name}, errors`, errorsOf(line), Object.keys(line.errors).length === 0),
    ],
  };
}
