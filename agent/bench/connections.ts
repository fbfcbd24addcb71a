/** What counting 99,000 real connections costs against reading their table alone: a table, and a JSON line. Needs root and python3. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openProcRoot } from '../src/proc/proc-root.ts';
import { placesOf } from '../src/scan/places.ts';
import { readSockets } from '../src/scan/sockets.ts';
import { Tallier } from '../src/scan/tally.ts';

const ROUNDS = 20;
/** In the first ones the engine still compiles. */
const WARM_AFTER = 5;
const program = fileURLToPath(new URL('../test/namespaces/crowd.py', import.meta.url));
const child = spawn('python3', ['-B', program, '5', '9900'], { stdio: ['pipe', 'pipe', 'inherit'] });
const said = once(child.stdout, 'data').then(() => true);
if (!(await Promise.race([said, once(child, 'exit').then(() => false)]))) process.exit(1);

const root = openProcRoot('/proc');
const inode = /\d+/.exec(readlinkSync(`/proc/${child.pid}/ns/net`))?.[0] ?? '';
const namespace = { inode, isHost: false, folders: [`${child.pid}/net`] };
const places = placesOf([...readSockets(root, [namespace]).byKey.values()]);
const tallier = new Tallier(root);

/** Milliseconds of CPU time. */
function cost(work: () => unknown): number {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

const readAlone = () => ['tcp', 'tcp6'].map((table) => root.lines(`${child.pid}/net/${table}`, () => true));
const rounds = Array.from({ length: ROUNDS }, () => ({
  readMs: cost(readAlone),
  countMs: cost(() => tallier.read(namespace, places, new Set())),
})).slice(WARM_AFTER);
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const readMs = median(rounds.map((round) => round.readMs));
const countMs = median(rounds.map((round) => round.countMs));
const row = { rows: 99_000, readMs, countMs, ratio: Number((countMs / readMs).toFixed(3)) };
process.stdout.write(`    rows   read ms  count ms     ratio\n`);
process.stdout.write(
  `${[row.rows, readMs.toFixed(0), countMs.toFixed(0), row.ratio].map((cell) => String(cell).padStart(8)).join('  ')}\n`,
);
process.stdout.write(`${JSON.stringify(row)}\n`);
child.stdin.end();
