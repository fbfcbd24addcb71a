import { resolve } from 'node:path';
import type { StoreConfig } from '../config.ts';
import type { Subcommand } from '../config-subcommands.ts';
import { backup } from './backup.ts';
import { checkCommand } from './check-store.ts';
import { restore } from './restore.ts';

/** Does it and answers the exit code. Throws a StartFault when it cannot. */
export async function runSubcommand(subcommand: Subcommand, config: StoreConfig): Promise<number> {
  switch (subcommand.name) {
    case 'backup':
      say(await backup(config, resolve(subcommand.file), interruption()));
      return 0;
    case 'restore':
      say(await restore(config, resolve(subcommand.file), interruption()));
      return 0;
    case 'check-store':
      return await checkCommand(config, { isJson: subcommand.isJson, say });
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Aborted by the first signal; a second one ends the program at once. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  return interrupted.signal;
}
