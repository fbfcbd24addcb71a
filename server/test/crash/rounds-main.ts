/**
 * Kills the server, or PostgreSQL, at random moments under load, again and again, and checks that every acknowledged event is
 * there exactly once. Ends with 1 when it is not.
 *
 *     npm run crash-rounds -w server -- --rounds 30 --rate 2000 [--store sqlite|postgres] [--kill server|postgres] [--seed N]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ownPostgres } from '../trial-postgres.ts';
import { randomFrom } from './random.ts';
import { crashRounds } from './rounds.ts';
import { ServerProcess } from './server-process.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    rate: { type: 'string', default: '2000' },
    machines: { type: 'string', default: '500' },
    store: { type: 'string', default: 'sqlite' },
    kill: { type: 'string', default: 'server' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const CHANGE_SHARE = 0.05;

const endings: (() => Promise<void>)[] = [];
const folder = mkdtempSync(join(tmpdir(), 'portlight-crash-'));
try {
  const isPostgres = values.store === 'postgres' || values.kill === 'postgres';
  const postgres = isPostgres ? await ownPostgres({ after: (work) => endings.push(work) }) : null;
  const store = postgres ? ['--store', postgres.url] : [];
  const server = await ServerProcess.prepare(['--state-dir', folder, ...store]);
  endings.unshift(() => server.kill9());
  await server.start();
  process.stdout.write(`seed ${values.seed}\n`);
  const result = await crashRounds(server, {
    rounds: Number(values.rounds),
    rate: Number(values.rate),
    machines: Number(values.machines),
    changeShare: CHANGE_SHARE,
    random: randomFrom(Number(values.seed)),
    postgres: values.kill === 'postgres' ? postgres : null,
    tell: (line) => process.stdout.write(`${line}\n`),
  });
  const { lost, doubled, otherListeners, refusals } = result;
  const faults = [lost, doubled, otherListeners, refusals].map(({ length }) => length);
  process.stdout.write(`${JSON.stringify({ ...result, refusals: refusals.slice(0, 5), lost: lost.slice(0, 20) })}\n`);
  process.stdout.write(
    `${result.acknowledgedEvents} events acknowledged, ${result.kept} kept; lost, doubled, other listeners, refused: ${faults.join(', ')}\n`,
  );
  if (faults.some((count) => count > 0)) process.exitCode = 1;
} finally {
  for (const end of endings) await end();
  rmSync(folder, { recursive: true, force: true });
}
