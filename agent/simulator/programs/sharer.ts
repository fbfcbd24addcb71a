import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Lifeline, nameOf } from './lifeline.ts';
import { startOffspring } from './offspring.ts';

/**
 * Starts workers of web that share `PORT` by SO_REUSEPORT, and a new one for each that ends. SIGHUP replaces all of them, one
 * after the other; SIGUSR2 lets one crash.
 */
/** Until a new one serves, before the next one is replaced. */
const PAUSE_MS = 1_000;

const { values } = parseArgs({ options: { workers: { type: 'string', default: '3' } } });
const lifeline = new Lifeline(() => process.exit());
const port = Number(process.env.PORT);
const workers = new Set<ChildProcess>();
let version = 0;

function start(): void {
  version += 1;
  const name = nameOf('web', version);
  const worker = startOffspring(lifeline, { name, script: 'web.ts', port, args: ['--reuse-port'] });
  workers.add(worker);
  worker.once('exit', () => {
    workers.delete(worker);
    start();
  });
}

async function replaceAll(): Promise<void> {
  for (const worker of [...workers]) {
    const ended = once(worker, 'exit');
    worker.kill('SIGTERM');
    await ended;
    await setTimeout(PAUSE_MS);
  }
}

process.on('SIGHUP', () => void replaceAll());
process.on('SIGUSR2', () => [...workers][0]?.kill('SIGKILL'));
for (let index = 0; index < Number(values.workers); index += 1) start();
