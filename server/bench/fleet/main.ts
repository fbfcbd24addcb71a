import { HELP } from './help.ts';
import { parseOptions } from './options.ts';
import { Play } from './play.ts';
import { reporterFor } from './report.ts';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(args);
  if (parsed.kind === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (parsed.kind === 'faults') {
    complain(...parsed.faults, 'See npm run fleet -- --help');
    return 2;
  }
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      ending.abort(EXIT_CODES[signal]);
    });
  }
  const { options } = parsed;
  const reporter = reporterFor(options, process.stdout);
  const play = new Play({ options, reporter, complain, ending: ending.signal });
  process.on('SIGUSR2', () => {
    play.mark();
  });
  const isGood = await play.run();
  if (ending.signal.aborted) return ending.signal.reason as number;
  return isGood ? 0 : 1;
}

function complain(...lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `fleet: ${line}\n`).join(''));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  complain(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
