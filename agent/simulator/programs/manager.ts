import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Lifeline, nameOf } from './lifeline.ts';
import { hasEnded, startOffspring } from './offspring.ts';

/**
 * A process manager: starts each program of `--apps`, the first on `PORT`, each next one on the next port, and stays their
 * parent. SIGHUP restarts each in turn, whether the old one has ended by then or not. What follows `--` goes to each program.
 */
interface App {
  readonly program: string;
  readonly port: number;
  current: ChildProcess;
}

/** How long it waits for an old one to end; in earnest they wait some seconds. */
const PATIENCE_MS = 500;

const { values, positionals: args } = parseArgs({
  allowPositionals: true,
  options: { apps: { type: 'string', default: 'web' }, 'pause-ms': { type: 'string', default: '0' } },
});
const lifeline = new Lifeline(() => process.exit());
const versions = new Map<string, number>();
const apps: App[] = [];

function start(program: string, port: number): ChildProcess {
  const version = (versions.get(program) ?? 0) + 1;
  versions.set(program, version);
  return startOffspring(lifeline, { name: nameOf(program, version), script: `${program}.ts`, port, args });
}

async function restartAll(): Promise<void> {
  for (const app of apps) {
    const old = app.current;
    old.kill('SIGTERM');
    if (!hasEnded(old)) await Promise.race([once(old, 'exit'), setTimeout(PATIENCE_MS)]);
    app.current = start(app.program, app.port);
  }
}

process.on('SIGHUP', () => void restartAll());
for (const [index, program] of values.apps.split(',').entries()) {
  if (index > 0) await setTimeout(Number(values['pause-ms']));
  const port = Number(process.env.PORT) + index;
  apps.push({ program, port, current: start(program, port) });
}
