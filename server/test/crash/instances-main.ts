/**
 * Two instances over one PostgreSQL behind a proxy that takes them in turn; one of them is killed again and again while machines
 * push and pages are read. Ends with 1 when an acknowledged event is lost or doubled, a page fails or the stream leaves a change out.
 *
 *     npm run kill-instances -w server -- [--for 120] [--every 10] [--instances 2] [--rate 1000] [--machines 500] [--seed N]
 */
import { parseArgs } from 'node:util';
import { ownPostgres } from '../trial-postgres.ts';
import { faultsOf, instancesOver, killInstances } from './instances.ts';
import { randomFrom } from './random.ts';

const { values } = parseArgs({
  options: {
    for: { type: 'string', default: '120' },
    every: { type: 'string', default: '10' },
    instances: { type: 'string', default: '2' },
    rate: { type: 'string', default: '1000' },
    machines: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const CHANGE_SHARE = 0.05;

const endings: (() => Promise<void>)[] = [];
const after = (work: () => Promise<void>): void => void endings.unshift(work);
try {
  const postgres = await ownPostgres({ after });
  const servers = await instancesOver({ after }, postgres.url, Number(values.instances));
  process.stdout.write(`seed ${values.seed}\n`);
  const result = await killInstances(servers, {
    forMs: Number(values.for) * 1_000,
    killEveryMs: Number(values.every) * 1_000,
    rate: Number(values.rate),
    machines: Number(values.machines),
    changeShare: CHANGE_SHARE,
    random: randomFrom(Number(values.seed)),
    tell: (line) => process.stdout.write(`${line}\n`),
  });
  const faults = faultsOf(result);
  process.stdout.write(`${JSON.stringify({ ...result, ...faults })}\n`);
  const counts = Object.entries(faults).map(([name, found]) => `${name}: ${found.length}`);
  process.stdout.write(`${result.acknowledgedEvents} events acknowledged, ${result.kept} kept; ${counts.join(', ')}\n`);
  if (Object.values(faults).some(({ length }) => length > 0)) process.exitCode = 1;
} finally {
  for (const end of endings) await end();
}
