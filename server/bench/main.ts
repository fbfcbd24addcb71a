/**
 * Measures the server against the bars of its design: a table (measure, bar, what was got, whether it holds) and a JSON line.
 * The server is the bundle. No timed test: other work on the machine shows in the times, less in the CPU seconds.
 */
import { parseArgs } from 'node:util';
import { openFilesLimit } from './apparatus/files.ts';
import { tableOf, type BenchOptions, type Measure } from './measure.ts';
import { doubleFleet, fleet, sockets } from './parts/fleets.ts';
import { postgres } from './parts/postgres.ts';
import { pushes } from './parts/pushes.ts';
import { start } from './parts/start.ts';
import { store } from './parts/store.ts';
import { validation } from './parts/validation.ts';

const PARTS = { start, validation, pushes, fleet, store, postgres, sockets, double: doubleFleet } as const;
type PartName = keyof typeof PARTS;
const NAMES = Object.keys(PARTS) as readonly PartName[];

const HELP = `npm run bench -w server -- [PART…] [--quick]

  start       from the start of the process until it listens
  validation  the check of a full snapshot beside parsing it
  pushes      a sign of life beside a bare server of Node, same run, same client
  fleet       100,000 hosts every 15 s, memory, and all of them at once
  store       bytes of an event
  postgres    one, two and three instances over one PostgreSQL
  sockets     20,000 hosts with a connection each
  double      200,000 hosts every 15 s

All of them without PART; about a quarter of an hour. --quick: few hosts, short times; shows that it runs, not what it takes.
Exit codes: 0 every bar holds, 1 some do not, 2 bad arguments.
`;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = positionals.filter((name) => !NAMES.some((known) => known === name));
  if (unknown.length > 0) throw new RangeError(`no part ${unknown.join(', ')}: expected ${NAMES.join(', ')}`);
  const chosen = positionals.length === 0 ? NAMES : NAMES.filter((name) => positionals.includes(name));
  return run(chosen, { isQuick: values.quick, say: (sentence) => process.stderr.write(`bench: ${sentence}\n`) });
}

async function run(parts: readonly PartName[], options: BenchOptions): Promise<number> {
  options.say(`${openFilesLimit()} open files each`);
  const measures: Measure[] = [];
  for (const part of parts) {
    const got = judged(await PARTS[part](options), options);
    measures.push(...got);
    process.stdout.write(`\n${tableOf(got)}`);
  }
  if (parts.length > 1) process.stdout.write(`\n${tableOf(measures)}`);
  process.stdout.write(`${JSON.stringify({ parts, isQuick: options.isQuick, measures })}\n`);
  return measures.some(({ holds }) => holds === false) ? 1 : 0;
}

/** Few hosts in a short time prove nothing. */
function judged(measures: readonly Measure[], { isQuick }: BenchOptions): readonly Measure[] {
  return isQuick ? measures.map((measure) => ({ ...measure, holds: null })) : measures;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof RangeError || error instanceof TypeError ? 2 : 1;
}
