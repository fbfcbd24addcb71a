/** `npm run replay-day -w agent -- FILE…`: what the judgement finds on recorded days. */
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { printable } from '../src/proc/printable.ts';
import { parseDay, type Day } from './day-format.ts';
import { replayed, type FoundThen, type Replayed } from './replayed.ts';

const HELP = `npm run replay-day -w agent -- FILE… [options]

Has the judgement look at recorded days again, each by its own clock, and prints what it found from when to when.
  --json                    one object a day
  --restart-every SECONDS   as if the agent had been restarted so often
`;

function main(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      'restart-every': { type: 'string', default: 'Infinity' },
      help: { type: 'boolean', default: false },
    },
  });
  const restartSeconds = Number(values['restart-every']);
  if (values.help || positionals.length === 0 || !(restartSeconds > 0)) {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  for (const file of positionals) {
    // npm runs a package's scripts in its folder; who types a path means the own one.
    const day = parseDay(readFileSync(resolve(process.env.INIT_CWD ?? '.', file), 'utf8'));
    const result = replayed(day, restartSeconds);
    process.stdout.write(
      values.json ? `${JSON.stringify({ file, ...result })}\n` : textOf(basename(file), day, result),
    );
  }
  return 0;
}

function textOf(file: string, { head }: Day, { looks, seconds, tookSeconds, found }: Replayed): string {
  const factor = Math.round(seconds / tookSeconds);
  return [
    `${file}: ${head.machine}`,
    `  ${head.made}`,
    `  ${durationText(seconds)} from ${head.begins}, ${looks} looks in ${tookSeconds.toFixed(1)} s: ×${factor}`,
    ...(found.length === 0 ? ['  nothing found'] : found.map(rowOf)),
    '',
  ].join('\n');
}

function rowOf({ finding, worst, openedAt, closedAt }: FoundThen): string {
  const times = `since ${clock(finding.since)}, found ${clock(openedAt)}, ${closedAt === null ? 'open at the end' : `closed ${clock(closedAt)}`}`;
  return `  ${worst.padEnd(8)}  ${finding.kind.padEnd(19)}  ${times}  ${printable(finding.title, 120)}`;
}

/** `23 02:11:05`: a day may be longer than one. */
function clock(instant: string): string {
  return `${instant.slice(8, 10)} ${instant.slice(11, 19)}`;
}

function durationText(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  return hours === 0 ? `${Math.round(seconds / 60)} min` : `${hours} h ${Math.round((seconds % 3600) / 60)} min`;
}

process.exitCode = main(process.argv.slice(2));
