/**
 * `npm run record-day -w agent -- --out FILE`: writes down what happens on this machine, until it is ended or its standard
 * input is. A line `passes 3600` there puts an hour in, as if it had passed at that moment without anything happening.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type Listener } from '../src/contract.ts';
import { openProcRoot } from '../src/proc/proc-root.ts';
import { createFullScanner } from '../src/scan/full-scanner.ts';
import { startTicking } from '../src/ticker.ts';
import { DayWriter } from './day-writer.ts';

const HELP = `npm run record-day -w agent -- --out FILE [options]

Writes each change of this machine's listeners to FILE until SIGINT, SIGTERM or the end of standard input.
  --machine TEXT       what machine it is and what happens on it
  --made TEXT          how the day came about: "real run of nginx 1.22, Debian 12, 2026-11-24"
  --name NAME          the machine's name in the day (default: machine)
  --expect SERVICE     a declared service, as for portlight agent; repeatable
  --rename FROM=TO     writes TO wherever FROM would stand: names that are nobody's business; repeatable
  --port FIRST[-LAST]  these ports only; repeatable
  --program NAME       only listeners one of whose holders is called so; repeatable
  --namespace INODE    one network namespace only
  --every MS           between two looks (default: 1000)
Lines of standard input: "passes SECONDS" puts in a time in which nothing happens.
`;

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const OPTIONS = {
  ...{ out: text, machine: text, made: text, name: text, namespace: text, every: text },
  ...{ expect: texts, rename: texts, port: texts, program: texts },
  help: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function main(args: readonly string[]): number {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help || values.out === undefined) {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  record(resolve(process.env.INIT_CWD ?? '.', values.out), values);
  return 0;
}

function record(file: string, values: Values): void {
  const { machine = '', made = '', name = 'machine', expect = [], rename = [], every = '1000' } = values;
  const writer = new DayWriter({ machine, made, name, expect }, listensOf(values));
  const scanner = createFullScanner({ root: openProcRoot('/proc'), etc: openProcRoot('/etc'), commandLines: true });
  writeFileSync(file, '');
  const write = (lines: readonly object[]) => {
    for (const line of lines) appendFileSync(file, `${renamed(JSON.stringify(line), rename)}\n`);
  };
  const look = () => write(writer.see(scanner.scan(new Date())));
  look();
  const stop = startTicking(look, () => Number(every));
  const input = createInterface({ input: process.stdin });
  input.on('line', (line) => {
    const [, seconds] = /^passes (\d+)$/.exec(line) ?? [];
    if (seconds !== undefined) write(writer.mark(new Date().toISOString(), Number(seconds)));
  });
  const end = () => {
    stop();
    input.close();
    process.stdin.destroy();
    look();
    write(writer.mark(new Date().toISOString()));
    process.exit(0);
  };
  input.once('close', end);
  process.once('SIGINT', end).once('SIGTERM', end);
}

function renamed(line: string, rename: readonly string[]): string {
  return rename.reduce((said, pair) => {
    const [from = '', to = ''] = pair.split('=', 2);
    return from === '' ? said : said.replaceAll(from, to);
  }, line);
}

/** Which listeners belong to the day: all, if nothing is said. */
function listensOf({ port = [], program = [], namespace }: Values): (listener: Listener) => boolean {
  const ranges = port.map((range) => {
    const [first = '', last = first] = range.split('-', 2);
    return { first: Number(first), last: Number(last) };
  });
  return ({ port: own, holders, networkNamespace }) =>
    (ranges.length === 0 || ranges.some(({ first, last }) => own >= first && own <= last)) &&
    (program.length === 0 || holders.some((holder) => program.includes(holder.program))) &&
    (namespace === undefined || namespace === networkNamespace);
}

process.exitCode = main(process.argv.slice(2));
