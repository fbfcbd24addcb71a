/**
 * What checking a machine's snapshot costs beside reading it: `JSON.parse` of the body, then the rules on what came of it, in
 * turns in one process. A table of rounds, and a JSON line. No timed test.
 *
 *     node server/bench/validation.ts [listeners]
 */
import { parsePush } from '../src/ingest/parse-push.ts';
import { alive, drift, full, holder, listener, snapshot } from '../test/bodies.ts';

const [listeners = 60] = process.argv.slice(2).map(Number);
const ROUNDS = 7;
const ROUND_MS = 400;

/** Every listener with a process of its own, as on a machine where nothing is shared. */
function crowded(): string {
  const processes = Array.from({ length: listeners }, (_, at) =>
    holder({
      pid: 1_000 + at,
      commandLine: ['/usr/bin/node', `/srv/service-${at}/server.js`, '--port', `${3_000 + at}`],
    }),
  );
  const rows = processes.map((_, at) => listener({ port: 3_000 + at, inode: `${90_000 + at}`, holders: [at] }));
  return JSON.stringify(full({ processes, snapshot: snapshot({ listeners: rows, findings: [drift()] }) }));
}

/** Microseconds that one run takes, on average over the round. */
function cost(run: () => unknown): number {
  const begun = process.cpuUsage();
  const until = performance.now() + ROUND_MS;
  let runs = 0;
  for (; performance.now() < until; runs += 1) run();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / runs;
}

function compare(name: string, body: string) {
  const parse = (): unknown => JSON.parse(body);
  const rounds = Array.from({ length: ROUNDS }, () => {
    const parsing = cost(parse);
    // What was parsed cannot be used twice: a new value for every check, whose parsing is taken off again.
    return { parsing, checking: cost(() => parsePush(parse())) - parsing };
  });
  const parsing = Math.min(...rounds.map((round) => round.parsing));
  const checking = Math.min(...rounds.map((round) => round.checking));
  const ratio = checking / parsing;
  const texts = [parsing, checking].map((us) => us.toFixed(1).padStart(8));
  process.stdout.write(`${name.padEnd(24)} ${texts.join(' µs, ')} µs: ${ratio.toFixed(2)} times\n`);
  return { name, bytes: body.length, parsing, checking, ratio };
}

process.stdout.write('body                     JSON.parse,  checking\n');
const results = [compare(`full, ${listeners} listeners`, crowded()), compare('alive', JSON.stringify(alive()))];
process.stdout.write(`${JSON.stringify({ listeners, results })}\n`);
